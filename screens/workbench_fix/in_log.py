"""From a failing test to the error of the log that is the same: its exception, in the function that raised it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap

from workbench.case.logs import LogError
from workbench.case.state import CaseState
from workbench.engine.session import Session
from workbench_fix.output import place_in

REF = "log:"
"""How the ref of a row begins that stands for an error of the log."""

_FUNCTION = re.compile(r"in (\w+)$")
_RAISED = re.compile(r"E\s+([\w.]+)(?::|$)")


def error_in(traceback: str, errors: Sequence[LogError], root: str = "") -> LogError | None:
    """The error of which ``traceback`` (as pytest or Python writes it) shows the exception and the function of its
    deepest frame in the repository; None where there is none."""
    raised: set[str] = set()
    passed: set[tuple[str, str]] = set()
    for line in traceback.splitlines() if errors else ():
        if found := _RAISED.match(line):
            raised.add(found[1].rpartition(".")[2])
        elif (path := place_in(line, root)[0]) and (function := _FUNCTION.search(line)):
            passed.add((path, function[1]))
    return next(
        (
            each
            for each in errors
            if each.name in raised and each.place and (each.place.path, each.place.function) in passed
        ),
        None,
    )


def logged(error: LogError | None) -> Sequence[Row]:
    """The row that leads to the error's first record; none for no error."""
    if error is None:
        return ()
    said = f"≡ in the log: {error.name} ×{error.count:,}"
    return (Row(Line((("  ", ""), (said, "accent")), right=()), ref=f"{REF}{error.id}"),)


async def record_of(session: Session, state: CaseState, ref: str) -> tuple[str, ...]:
    """The lines of the first record of the error that ``ref`` stands for; none where the log was not read."""
    error = next((each for each in session.views.errors if f"{REF}{each.id}" == ref), None)
    if error is None:
        return ()
    log = session.log
    log.offer(state.log_sources)
    row = await log.find([error.name], error.first_seen.timestamp() if error.first_seen else None)
    return tuple((await log.record(row))[1]) if row is not None else ()


def record(lines: Sequence[str]) -> Build:
    """A record of the log, wrapped."""
    return lambda width: [Row(Line(((part, ""),))) for line in lines for part in wrap(line, max(20, width)) or [""]]
