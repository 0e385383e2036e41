"""Reading the trace in the lines of one record."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.logs.traces.boxed import parse_boxed
from workbench.analysis.logs.traces.model import Trace
from workbench.analysis.logs.traces.others import parse_other
from workbench.analysis.logs.traces.python import parse_python

LINES = 5000


def parse_trace(lines: Sequence[str]) -> Trace | None:
    """The trace in ``lines`` of a record, in any language known, or None."""
    lines = lines[:LINES]
    return parse_python(lines) or parse_boxed(lines) or parse_other(lines)
