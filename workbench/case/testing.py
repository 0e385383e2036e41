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
class TestEvent:
    """One event of a run.

    ``kind``: ``configured``, ``collected``, ``collect_error``, ``start``, ``phase`` (``when`` is setup, call or
    teardown), ``result`` (final), ``modules``, ``deselected``, ``internal_error``, ``finished``. ``seconds`` is the
    phase's; ``count`` an exit code or a number of tests; ``modules`` maps imported project modules to their files.
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
