"""Where programs are found, and what of our environment they get."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_OURS = {"COLUMNS", "LINES", "COLORTERM", "FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "__PYVENV_LAUNCHER__"}
"""Variables that speak of our terminal or our interpreter."""

_GIT_KEPT = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_SSL_")


def find_tool(name: str, repository: str = "", path: str | None = None) -> str | None:
    """The absolute path of the program ``name``, or None.

    It is looked for on ``path`` (PATH of our environment): relative and empty entries, and those inside ``repository``,
    are passed over. An absolute ``name`` is itself when it can be executed; a relative one with a ``/`` is never found.
    """
    if os.sep in name:
        return name if Path(name).is_absolute() and _executable(Path(name)) else None
    found = (entry / name for entry in _entries(path, repository) if _executable(entry / name))
    return str(first) if (first := next(found, None)) else None


def base_environment(repository: str = "") -> dict[str, str]:
    """Our environment for other people's programs, without git's and the terminal's variables; PATH as in find_tool."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OURS and (not name.startswith("GIT_") or name.startswith(_GIT_KEPT))
    }
    path = os.pathsep.join(str(entry) for entry in _entries(None, repository))
    return kept | {"PATH": path, "TERM": "dumb", "PAGER": "cat", "GIT_TERMINAL_PROMPT": "0"}


def inside(path: str, repository: str) -> bool:
    """Whether ``path`` as written, or where it leads, lies in ``repository`` (absolute; empty: there is none)."""
    if not repository:
        return False
    root = Path(repository).resolve()
    there = Path(path)
    return there.resolve().is_relative_to(root) or (there.parent.resolve() / there.name).is_relative_to(root)


def command_environment(extra: Mapping[str, str], repository: str) -> dict[str, str]:
    """The base environment with a command's own variables over it."""
    return base_environment(repository) | dict(extra)


def _entries(path: str | None, repository: str) -> tuple[Path, ...]:
    return _sound(os.environ.get("PATH", os.defpath) if path is None else path, repository)


@lru_cache(maxsize=16)
def _sound(path: str, repository: str) -> tuple[Path, ...]:
    entries = (Path(entry) for entry in path.split(os.pathsep))
    return tuple(entry for entry in entries if entry.is_absolute() and not inside(str(entry), repository))


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
