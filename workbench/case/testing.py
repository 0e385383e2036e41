"""What a test runner says while it runs: one stream of events for every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.case.enums import TestOutcome


@dataclass(frozen=True, slots=True)
class Raised:
    """The exception that ended a test: type name, the names of its bases, message, frames (path, line, function) from
    the outermost to the innermost, and the type names of its cause chain from last to first."""

    type: str
    bases: tuple[str, ...] = ()
    text: str = ""
    frames: tuple[tuple[str, int, str], ...] = ()
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """Where a run of everything looks for tests: below ``starts`` ("" is the whole repository), in files whose name
    matches one of ``names``, in no folder that matches one of ``skipped`` and in nothing that was ``passed`` over."""

    starts: tuple[str, ...] = ("",)
    names: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestEvent:
    """One event of a run.

    ``kind``: ``configured``, ``collected``, ``collect_error``, ``start``, ``phase`` (``when`` is setup, call or
    teardown), ``result`` (final), ``modules``, ``libraries``, ``deselected``, ``missed`` (the file at ``path`` was
    opened and is not there), ``overran`` (a repetition took more than ``seconds``; ``traceback`` is where it stood, and
    the process ends), ``internal_error``, ``finished``; of per-test coverage ``code`` (``count`` is the number
    of the code object at ``path`` and ``line``), ``covered``
    (``blocks`` are the numbers that test ``id`` entered, of no test what all of them share; 0 is what cannot be seen),
    ``calls`` (of ``count``, in some test, to ``blocks``; negative numbers are code of others)
    and ``uncovered`` (``message`` says why nothing is known); ``shares`` (test file ``id``, of no file all of them,
    touches what is outside of its process, as ``message`` says); ``searched`` by a run of everything. ``seconds`` is
    the phase's; ``count`` else an exit code or a number of tests; ``modules`` maps imported modules, the project's or
    others', to their files; ``measured``
    are numbers that the test recorded, by name.
    """

    __test__ = False

    kind: str
    id: str = ""
    when: str = ""
    outcome: TestOutcome | None = None
    seconds: float = 0.0
    message: str = ""
    traceback: str = ""
    output: str = ""
    path: str = ""
    line: int = 0
    racy: bool = False
    raised: Raised | None = None
    count: int = 0
    modules: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[int, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)
    searched: Searched | None = None


@dataclass(frozen=True, slots=True)
class TestRate:
    """How often one test failed in its ``runs``, and in ``base_runs`` at base (0: it could not be run there).

    ``problem`` says what keeps it from saying anything; ``seed`` repeats a failure, as it did in ``replayed`` of
    ``replays``; ``over`` and ``base_over`` of the failures are repetitions that were ended at their limit of time.
    """

    __test__ = False

    test: str
    failed: int
    runs: int
    base_failed: int = 0
    base_runs: int = 0
    message: str = ""
    problem: str = ""
    seed: int = 0
    over: int = 0
    base_over: int = 0
    replayed: int = 0
    replays: int = 0
