"""Every enumeration of the case: snake_case values, the same in JSON and on screen."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is if it is true."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(StrEnum):
    """Level of a log record; ``unknown`` where the format has none."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Trend(StrEnum):
    """An error or pattern against the time before; ``unknown`` when there is no time before to compare with."""

    NEW = "new"
    RISEN = "risen"
    AS_ALWAYS = "as_always"
    FALLEN = "fallen"
    GONE = "gone"
    UNKNOWN = "unknown"


class CauseClass(StrEnum):
    """What kind of thing a cause claims to be."""

    CODE = "code"
    CONFIGURATION = "configuration"
    DEPENDENCY = "dependency"
    DATA = "data"
    CAPACITY = "capacity"
    EXTERNAL_SERVICE = "external_service"
    PLATFORM = "platform"


class CauseStatus(StrEnum):
    """Where the judgement of a cause stands."""

    PROPOSED = "proposed"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


class TriageState(StrEnum):
    """What people said of a problem."""

    UNTOUCHED = "untouched"
    RELEVANT = "relevant"
    NOISE = "noise"
    KNOWN = "known"


class ChangeKind(StrEnum):
    """What changed."""

    DEPLOY = "deploy"
    COMMIT = "commit"
    CONFIGURATION = "configuration"
    DEPENDENCY = "dependency"
    MIGRATION = "migration"
    RESTART = "restart"
    FLAG = "flag"
    NOTE = "note"
    METRIC = "metric"


class CheckStatus(StrEnum):
    """How an analyzer's run ended."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    NOT_AVAILABLE = "not_available"


class TestOutcome(StrEnum):
    """Outcome of one test."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TEARDOWN_ERROR = "teardown_error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"
    COLLECTION_ERROR = "collection_error"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    NOT_RUN = "not_run"
    RUNNING = "running"


UNDECIDED = frozenset({TestOutcome.NOT_RUN, TestOutcome.RUNNING})
"""Outcomes that are no result yet."""

BAD = frozenset(
    {
        TestOutcome.FAILED,
        TestOutcome.ERROR,
        TestOutcome.TEARDOWN_ERROR,
        TestOutcome.COLLECTION_ERROR,
        TestOutcome.CRASHED,
        TestOutcome.TIMED_OUT,
    }
)
"""Outcomes that are not green."""


class RunStatus(StrEnum):
    """How a test run ended as a whole."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    NO_TESTS = "no_tests"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class ProofStatus(StrEnum):
    """What red, green, red again said; ``not_needed``: without the fix the test passes too."""

    PROVEN = "proven"
    NOT_RED = "not_red"
    NOT_GREEN = "not_green"
    NOT_NEEDED = "not_needed"
    INCONCLUSIVE = "inconclusive"


class GateStatus(StrEnum):
    """What a gate said."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"
    ERROR = "error"
    WAIVED = "waived"
    NOT_RUN = "not_run"


class Verdict(StrEnum):
    """Derived from the gate results, never set."""

    READY = "ready"
    NOT_READY = "not_ready"
    INCONCLUSIVE = "inconclusive"


class PluginKind(StrEnum):
    """The kinds of plugin."""

    LOG_SOURCE = "log_source"
    LOG_FORMAT = "log_format"
    ANALYZER = "analyzer"
    RUNNER = "runner"
    FIXER = "fixer"
    GATE = "gate"


class Role(StrEnum):
    """What somebody may do at a shared case, each more than the one before."""

    VIEWER = "viewer"
    COMMENTER = "commenter"
    DRIVER = "driver"
