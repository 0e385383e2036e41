"""All that a plugin may import from Workbench: value types, contracts and hook specifications.

One rule for all five kinds, plan, work, fold: ``plan`` is an async generator that yields :class:`Chunk`,
:class:`Command` or :class:`Known`; the engine runs them, several at once; ``fold`` makes one outcome of their results.
A plugin never starts a process or a thread itself: all it does can be cancelled, timed out and shown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import pluggy

from workbench.analysis.diffs import parse_diff as parse_diff
from workbench.analysis.fingerprints import fingerprint as fingerprint
from workbench.analysis.tamper import tamper_marks as tamper_marks
from workbench.case.errors import CommandMissingError as CommandMissingError
from workbench.case.errors import GitError as GitError
from workbench.case.logs import Feed as Feed
from workbench.case.logs import FeedFile as FeedFile
from workbench.case.model import *  # noqa: F403
from workbench.case.model import Change, Finding, GateResult, LogError, Pattern, Proof, Proposal, TestRun
from workbench.case.state import Report as Report
from workbench.case.testing import Raised as Raised
from workbench.case.testing import TestEvent as TestEvent

if TYPE_CHECKING:
    from workbench.analysis.logs.calls import Call as Call
    from workbench.analysis.logs.calls import Calls as Calls
    from workbench.analysis.logs.digest.digest import Digest as Digest
    from workbench.analysis.logs.digest.digest import digest as digest
    from workbench.analysis.logs.digest.facts import facts as facts
    from workbench.analysis.logs.digest.settings import Lens as Lens
    from workbench.analysis.logs.files import FoundFiles as FoundFiles
    from workbench.analysis.logs.files import find_files as find_files
    from workbench.analysis.logs.files import likely as likely
    from workbench.analysis.logs.literals import calls_in as calls_in
    from workbench.analysis.logs.scan.part import Survey as Survey
    from workbench.analysis.logs.scan.part import parts as parts
    from workbench.analysis.logs.scan.part import sampled as sampled
    from workbench.analysis.logs.scan.part import scan_part as scan_part
    from workbench.analysis.logs.scan.part import survey as survey
    from workbench.analysis.logs.scan.table import Table as Table
    from workbench.analysis.logs.traces.checkout import Checkout as Checkout
    from workbench.analysis.ranking import Ranking as Ranking
    from workbench.analysis.ranking import rank_chunk as rank_chunk
else:
    _LOGS = {
        "Call": "calls",
        "Calls": "calls",
        "Checkout": "traces.checkout",
        "Digest": "digest.digest",
        "FoundFiles": "files",
        "Lens": "digest.settings",
        "Survey": "scan.part",
        "Table": "scan.table",
        "calls_in": "literals",
        "digest": "digest.digest",
        "facts": "digest.facts",
        "find_files": "files",
        "likely": "files",
        "parts": "scan.part",
        "sampled": "scan.part",
        "scan_part": "scan.part",
        "survey": "scan.part",
    }

    def __getattr__(name: str) -> Any:
        """What the reading of logs and the ranking offer is imported when it is asked for."""
        if name in ("Ranking", "rank_chunk"):
            return getattr(import_module("workbench.analysis.ranking"), name)
        if name not in _LOGS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"workbench.analysis.logs.{_LOGS[name]}"), name)


hookspec = pluggy.HookspecMarker("workbench")
hookimpl = pluggy.HookimplMarker("workbench")


@dataclass(frozen=True, slots=True)
class Chunk:
    """CPU work for a worker process: a module-level function and picklable arguments; it returns a list.

    Keep the arguments to 64 kB and the work to 250 ms where it can be: streaming is many chunks, cancelling is killing
    one. ``timeout`` is in seconds. :class:`Report` values in the list are shown at once; the others wait for ``fold``.
    """

    function: Callable[..., list[Any]]
    args: tuple[Any, ...] = ()
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Output:
    """What a command left: bytes of both streams (each cut at 16 MiB, then ``truncated``), its exit code.

    A negative exit code is a signal's number.
    """

    argv: tuple[str, ...]
    exit_code: int
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A program for the engine to run, in a process group of its own. ``argv`` is a list, never a shell line.

    ``parse`` turns the output into a list of results and runs in a worker process, so it is a module-level function.
    ``cwd`` empty means a neutral directory outside any repository. ``executes`` says that it runs code of the
    repository (tests, its tools): then it needs the user's trust. ``spool`` names a file (see ``Host.scratch``) that
    standard output goes to, however much it is, instead of into the Output; ``merged`` sends standard error there too.
    """

    argv: tuple[str, ...]
    parse: Callable[[Output], list[Any]]
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    timeout: float = 60.0
    executes: bool = False
    spool: str = ""
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Results that the plan has already (git's answers, say): they go on to ``fold`` as they are."""

    results: tuple[Any, ...]


Step = Chunk | Command | Known


class Host(Protocol):
    """What the engine offers to ``plan``. Every call can be cancelled; GitError and TimeoutError may rise from it."""

    @property
    def index_path(self) -> str:
        """The content-addressed index file that workers read (see workbench.analysis.index)."""
        ...

    async def run(self, step: Step) -> list[Any]:
        """Run one step now and give its results: for plans whose later steps need earlier answers."""
        ...

    async def git(self, *args: str) -> bytes:
        """Standard output of git on the repository, guarded (no hooks, fsmonitor, pager, helpers). Raises GitError."""
        ...

    def progress(self, done: int, of: int) -> None:
        """Say how far the plan is."""
        ...

    async def ask(self, question: str, choices: Sequence[str]) -> str:
        """Queue a question for the driver; the answer is one of ``choices``."""
        ...

    async def feed(self, location: str) -> Feed:
        """What the log source at ``location`` gives, fetched once. One that fails is a feed that says so."""
        ...

    def scratch(self) -> str:
        """A folder of this session's own, closed to others and removed at its end."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What an analyzer is asked about. ``repo`` is the absolute root; ``paths`` maps each file (repository-relative) to
    its blob id; ``errors``, ``patterns``, ``changes`` and ``findings`` come from the analyzers named in ``after``."""

    question: str
    repo: str
    revision: str
    tree: str
    deployed: str = ""
    since: datetime | None = None
    log_sources: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[LogError, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class Analyzer(Protocol):
    """Looks at the case's subject."""

    def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """The steps to run."""
        ...

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """One report of the results; its ``summary`` always says what was checked, also when nothing was found."""
        ...


class LogSource(Protocol):
    """Reads one kind of location."""

    def accepts(self, location: str) -> bool:
        """Whether ``location`` is of this source's grammar."""
        ...

    def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """The steps that fetch it."""
        ...

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The feed; what was not allowed to be seen is in ``denied``."""
        ...


@dataclass(frozen=True, slots=True)
class TestRequest:
    """Tests to run in ``root`` (an absolute path): all when ``tests`` is empty.

    ``packages`` are the project's top-level import names, ``import_roots`` the folders of ``root`` that go first on the
    import path, ``home_tree`` the user's own tree when ``root`` is another one.
    """

    __test__ = False

    root: str
    interpreter: str
    events: str
    tests: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    import_roots: tuple[str, ...] = ()
    home_tree: str = ""
    collect_only: bool = False
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestCommand:
    """How to run them: argv, working directory, what to add to the environment."""

    __test__ = False

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(default_factory=dict)


class Runner(Protocol):
    """Runs tests of one framework. Its events come as lines: of the file ``request.events``, or of standard output when
    ``events_on_stdout``."""

    events_on_stdout: bool

    def applies(self, root: str) -> str:
        """Why there is nothing for it in ``root``, or the empty string."""
        ...

    def command(self, request: TestRequest) -> TestCommand:
        """The command for these tests."""
        ...

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line; an empty list for a line that is none."""
        ...


@dataclass(frozen=True, slots=True)
class FixRequest:
    """What a fixer is asked to mend, in a worktree of its own at ``worktree``."""

    worktree: str
    base: str
    question: str
    finding: Finding | None = None
    error: LogError | None = None
    change: Change | None = None
    failing_test: str = ""
    rejected: tuple[str, ...] = ()


class Fixer(Protocol):
    """Edits its worktree; the engine computes the diff with git and makes the proposals."""

    def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        """The steps that edit."""
        ...

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Sequence[Proposal]:
        """Titles and rules of what was done; ``diff`` is filled in by the engine."""
        ...


@dataclass(frozen=True, slots=True)
class ChangeSubject:
    """The change a gate judges: base and head trees with a worktree for each, the changed paths, the diff, its tests.

    ``racy`` are the tests that start threads or tasks of their own.
    """

    repo: str
    base: str
    head: str
    base_worktree: str
    head_worktree: str
    paths: tuple[str, ...]
    interpreter: str
    diff: str = ""
    tests: tuple[str, ...] = ()
    racy: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class GateHost(Host, Protocol):
    """A host that can run tests on either side of the change, with the guard that the right code was run."""

    async def test(self, tree: str, tests: Sequence[str] = ()) -> TestRun:
        """Run ``tests`` (all when empty) in the worktree of ``tree``. A run of the wrong code has status error."""
        ...

    async def prove(self) -> Proof:
        """The proof of the change: the one on record when it is fresh, else a new one."""
        ...


class Gate(Protocol):
    """Checks the change. ``required``: whether the verdict rests on it."""

    required: bool

    def applies(self, subject: ChangeSubject) -> str:
        """Why it does not apply, or the empty string when it does."""
        ...

    def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The steps to run."""
        ...

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """What it said; nothing examined is not a pass."""
        ...


class Register(Protocol):
    """Announces one plugin.

    ``needs``: ``command:NAME``, ``import:NAME`` or ``file:PATH`` (in the repository), all required; ``after`` names
    analyzers whose reports must be in before this one is asked.
    """

    def __call__(
        self,
        name: str,
        factory: Callable[[], Any],
        *,
        title: str,
        needs: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        """Register ``factory``, called once, when first needed."""
        ...


@hookspec
def register_log_sources(register: Register) -> None:
    """Announce log sources."""


@hookspec
def register_analyzers(register: Register) -> None:
    """Announce analyzers."""


@hookspec
def register_runners(register: Register) -> None:
    """Announce test runners."""


@hookspec
def register_fixers(register: Register) -> None:
    """Announce fixers."""


@hookspec
def register_gates(register: Register) -> None:
    """Announce gates."""
