"""What a checkout adds to the reading of logs: its files, their lines, its logging calls."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.analysis.logs.digest.settings import Lens

if TYPE_CHECKING:
    from workbench.analysis.logs.calls import Call

LARGEST = 1 << 20
"""Bytes of a source file beyond which its calls are not looked for."""
SOURCES = 64 << 20
"""Bytes of source files that are read for their calls at most."""


def lens_for(repo: str, question: str, since: datetime | None) -> Lens:
    """A lens on the checkout at ``repo``; without one, frames stay as the logs wrote them."""
    at = since.timestamp() if since else None
    if not repo:
        return Lens(question, at)
    from workbench.analysis.logs.calls import Calls
    from workbench.analysis.logs.traces.checkout import Checkout

    root = Path(repo)
    paths = list(_paths(root))

    @lru_cache(maxsize=512)
    def source(path: str) -> Sequence[str]:
        try:
            return (root / path).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()

    return Lens(question, at, Checkout(paths, source), Calls(_calls(root, paths)))


def _paths(root: Path) -> Iterator[str]:
    from workbench.engine.repo.files import IGNORED, MOST

    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in sorted(names):
            count += 1
            if count > MOST:
                return
            yield (Path(folder) / name).relative_to(root).as_posix()


def _calls(root: Path, paths: Sequence[str]) -> Iterator[Call]:
    from workbench.analysis.logs.literals import ENDINGS, calls_in

    left = SOURCES
    for path in paths:
        if not path.endswith(ENDINGS) or left <= 0:
            continue
        try:
            if (root / path).stat().st_size > LARGEST:
                continue
            text = (root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        left -= len(text)
        yield from calls_in(path, text)
