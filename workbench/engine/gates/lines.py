"""Which lines a run of tests executes, told from inside every Python process that it starts."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.case.enums import RunStatus
from workbench.case.model import TestRun

TRACER = Path(__file__).parent / "tracer"

Run = Callable[[Mapping[str, str]], Awaitable[TestRun]]


async def ran_lines(
    run: Run, scratch: str, wanted: Mapping[str, Sequence[int]]
) -> tuple[TestRun, Mapping[str, frozenset[int]]]:
    """Run with the tracer in place: the run, and of the ``wanted`` lines (by repository-relative path) those executed.

    A run in which another tracer took the place of ours has status error: what it says of lines is not known.
    """
    folder = tempfile.mkdtemp(prefix="lines-", dir=scratch)
    env = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(TRACER), os.environ.get("PYTHONPATH", "")))),
        "WORKBENCH_LINES": json.dumps({path: list(lines) for path, lines in wanted.items()}),
        "WORKBENCH_LINES_FOLDER": folder,
    }
    made = await run(env)
    found, lost = _read(Path(folder))
    if lost:
        said = "another tracer (coverage, a debugger) took the place of ours: which lines ran is not known"
        made = replace(made, status=RunStatus.ERROR, message=said)
    return made, found


def _read(folder: Path) -> tuple[Mapping[str, frozenset[int]], bool]:
    found: dict[str, set[int]] = {}
    lost = False
    for file in sorted(folder.iterdir()):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            number, _, path = line.partition(" ")
            if number == "lost":
                lost = True
            elif number.isdigit():
                found.setdefault(path, set()).add(int(number))
    return {path: frozenset(lines) for path, lines in found.items()}, lost
