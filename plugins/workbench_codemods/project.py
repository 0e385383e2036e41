"""The project's Python files: which there are, what they are called, which of them defines a class."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

_SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", "build", "dist", "site-packages", "migrations", ".tox"})
MOST = 5000


def is_test(path: str) -> bool:
    """Whether a file is a test or supports them."""
    parts = PurePosixPath(path).parts
    name = parts[-1] if parts else ""
    return name.startswith("test_") or name == "conftest.py" or bool({"tests", "test"} & set(parts[:-1]))


def python_files(root: Path) -> list[str]:
    """The files that are no tests, relative to ``root``, MOST at most."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if each not in _SKIPPED)
        inner = Path(folder).relative_to(root)
        paths = ((inner / name).as_posix() for name in sorted(names) if name.endswith(".py"))
        found += [path for path in paths if not is_test(path)]
        if len(found) >= MOST:
            break
    return found[:MOST]


def defined_in(root: Path, files: Sequence[str], name: str) -> str:
    """The first file that defines the class ``name``; "" when none does."""
    shape = re.compile(rf"^\s*class {re.escape(name)}\b", re.MULTILINE)
    return next((path for path in files if shape.search(text(root, path))), "")


def text(root: Path, path: str) -> str:
    """A file's text, what is no UTF-8 replaced."""
    try:
        return (root / path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def module_name(root: Path, path: str) -> str:
    """The dotted name that ``path`` is imported by: from the outermost of its folders that are packages."""
    if not path:
        return ""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    start = len(parts) - 1
    while start and (root / Path(*parts[:start]) / "__init__.py").is_file():
        start -= 1
    named = parts[start:]
    return ".".join(named[:-1] if named[-1] == "__init__" and len(named) > 1 else named)
