"""Value types of judging, fixing and validating: causes, tests, proofs, proposals, gates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workbench.case.enums import CauseClass, CauseStatus, GateStatus, ProofStatus, RunStatus, TestOutcome, Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item that speaks for or against a cause, or that a gate rests on: the ``ref`` it cites and the line a person
    reads. ``digest`` is the SHA-256 of a gate's evidence with the text of the line that it names."""

    ref: str
    text: str
    path: str = ""
    line: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A claimed cause. ``confidence`` is derived from the verified evidence (see analysis.causes), never narrated.

    ``by`` is who stated it, ``judged_by`` who gave it its status and ``because`` on what grounds.
    """

    id: str
    statement: str
    cause_class: CauseClass
    status: CauseStatus = CauseStatus.PROPOSED
    confidence: float = 0.0
    supporting: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    next_check: str = ""
    path: str = ""
    line: int = 0
    by: str = ""
    judged_by: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test's latest outcome on one tree.

    ``seconds`` sums its phases; ``path``/``line`` is where it stands or failed.
    """

    __test__ = False

    id: str
    outcome: TestOutcome
    seconds: float = 0.0
    message: str = ""
    path: str = ""
    line: int = 0
    output: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class TestRun:
    """One finished run. ``tree`` and ``environment`` bind its results; ``selected`` says what was asked for and why."""

    __test__ = False

    id: str
    tree: str
    environment: str
    status: RunStatus
    seconds: float
    results: tuple[TestResult, ...]
    selected: str = ""
    message: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One step of red, green, red again.

    ``outcome`` is a word of its own per step: red, not_red, green, not_green, inconclusive. ``output`` is what the
    test that decided it printed when it failed.
    """

    name: str
    tree: str
    outcome: str
    reason: str
    seconds: float = 0.0
    output: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of ``tests`` between two trees; stale when the working tree is no longer ``head``.

    ``modules`` is how many modules of the project a run imported, every one of them from its own worktree; ``fix`` are
    the parts of the change that were found needed, where it holds more (``path:first-last`` on the new side);
    ``carried`` are files that git ignores and that stood in every worktree.
    """

    id: str
    status: ProofStatus
    tests: tuple[str, ...]
    base: str
    head: str
    steps: tuple[ProofStep, ...]
    reason: str = ""
    at: datetime | None = None
    modules: int = 0
    fix: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """What one set of tests said of a proposal: ``name`` is test (the failing one), affected, suite, or clean (the
    failing one without the parts that touch what judges); ``outcome`` is green, red or inconclusive.
    Of ``ran`` tests ``failed`` failed that did not fail without the proposal."""

    name: str
    outcome: str
    reason: str
    ran: int = 0
    failed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A patch offered by a fixer, not yet applied.

    ``diff`` leads from the tree ``base`` to ``head`` and is a preview; ``patch`` names its exact bytes in the vault.
    ``subject`` is what it is for: a finding's or error's id, or a test; ``test`` the failing test, if there is one.
    ``tamper`` lists why it needs a second look; ``denied`` says that those parts are left out unless they are asked
    for. ``state`` is offered, conflicts (it cannot be applied: ``note`` says where), applied, partly or rejected;
    ``rejected`` are the reasons that were given. ``needed`` are the parts found needed for green, ``commands`` what a
    person can run elsewhere instead.
    """

    id: str
    fixer: str
    title: str
    rule: str
    paths: tuple[str, ...] = ()
    diff: str = ""
    tests: tuple[Tested, ...] = ()
    tamper: tuple[str, ...] = ()
    state: str = "offered"
    subject: str = ""
    test: str = ""
    patch: str = ""
    base: str = ""
    head: str = ""
    added: int = 0
    removed: int = 0
    denied: bool = False
    note: str = ""
    needed: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure of a gate: value with unit, its threshold, the value at base, and how many it rests on."""

    name: str
    value: float | None
    unit: str = ""
    threshold: float | None = None
    baseline: float | None = None
    n: int | None = None
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Values of head and base in equal steps, to be drawn on one scale: a histogram (counts) or a course over time.
    ``ends`` names the two ends of the axis; the unit ``share`` is 0..1."""

    name: str
    head: tuple[float, ...]
    base: tuple[float, ...] = ()
    ends: tuple[str, str] = ("", "")
    unit: str = ""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate said of one tree. Nothing examined is never a pass: ``examined`` is 0 only off ``pass``.

    ``at`` is when it started, ``seconds`` how long it took, ``limit`` how long it might. ``output`` is the SHA-256 of
    what the last command printed. A waiver is over at ``waived_until``.
    """

    id: str
    kind: str
    status: GateStatus
    reason: str
    tree: str = ""
    environment: str = ""
    figures: tuple[Figure, ...] = ()
    examined: int = 0
    evidence: tuple[Evidence, ...] = ()
    command: tuple[str, ...] = ()
    directory: str = ""
    exit_code: int | None = None
    tool: str = ""
    limit: str = ""
    seconds: float = 0.0
    attempts: int = 1
    required: bool = True
    at: datetime | None = None
    waived_by: str = ""
    waived_until: datetime | None = None
    version: str = ""
    output: str = ""
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's word for a tree: ``by`` approved ``tree`` at ``at``. An edit makes another tree."""

    by: str
    tree: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with what made it and what was not checked."""

    verdict: Verdict
    reasons: tuple[str, ...]
    not_checked: tuple[str, ...] = ()
