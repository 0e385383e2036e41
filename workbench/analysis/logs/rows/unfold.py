"""The traceback of a record that holds it in one line, as its program printed it."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.logs.formats.line import read_line

MOST = 2000
"""Lines that are given at most."""


def unfolded(lines: Sequence[str]) -> list[str]:
    """The lines of tracebacks that fields of ``lines`` hold (JSON, logfmt); nothing where there are none."""
    found: list[str] = []
    for line in lines[:MOST]:
        found += read_line(line, ()).trace.splitlines()
    return found[:MOST]
