"""Errors of error reports and of tracebacks in texts, in the shape that the errors of logs have."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from workbench.analysis.logs.traces.identity import is_library
from workbench.analysis.logs.traces.model import RawFrame, Trace
from workbench.analysis.logs.traces.parse import parse_trace
from workbench.case.enums import Trend
from workbench.case.logs import Frame, LogError


def reported(kind: str, message: str, frames: Sequence[Frame], of: str, count: int = 1, cause: str = "") -> LogError:
    """An error that a document tells of; ``frames`` outermost first, ``of`` says what ``count`` counts."""
    deepest = next((frame for frame in reversed(frames) if frame.mapped), None)
    key = "\0".join((kind, deepest.path if deepest else "", deepest.function if deepest else ""))
    mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return LogError(
        id=f"reported:{mark[:10]}",
        type=kind,
        message=message,
        trend=Trend.UNKNOWN,
        count=count,
        share=1.0,
        of=of,
        frames=tuple(frames),
        cause=cause,
        why="told by the document that the case was opened from",
        fingerprint=mark[:20],
    )


def traced(text: str, of: str) -> tuple[LogError, ...]:
    """The error of the traceback in ``text``, if there is one."""
    trace = parse_trace(text.splitlines()) if "\n" in text else None
    if trace is None or not any(each.frames for each in trace.chain()):
        return ()
    told = next(each for each in trace.chain() if each.frames)
    cause = " ← ".join(f"{each.type}: {each.message}" for each in trace.chain()[1:])
    return (reported(trace.type, trace.message, frames_of(told), of, cause=cause),)


def frames_of(trace: Trace) -> tuple[Frame, ...]:
    """Frames as they were written; those that are no library's count as the application's own."""
    return tuple(_frame(raw) for raw in trace.frames)


def _frame(raw: RawFrame) -> Frame:
    return Frame(raw.file, raw.line, raw.function, not is_library(raw), raw.text)
