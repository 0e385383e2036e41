"""Which test files a change may reach, by imports alone: a guess that widens rather than misses."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from workbench.analysis.proof import holds_tests, is_test_path

MANY = 20_000
"""Files whose imports a worker remembers, by their contents."""

_known: dict[tuple[str, bytes], frozenset[str]] = {}


@dataclass(frozen=True, slots=True)
class Affected:
    """Test files to run, or all of them (``everything``), and the sentence that says why."""

    files: tuple[str, ...]
    everything: bool
    why: str


def affected(changed: Iterable[str], imports: Mapping[str, frozenset[str]]) -> Affected:
    """The test files that a change of ``changed`` may reach.

    ``imports`` maps each Python file of the repository to the dotted names that it imports (see :func:`imports_of`).
    A changed file that is no Python, a ``conftest.py`` or a file outside ``imports`` widens to everything.
    """
    paths = sorted(set(changed))
    if not paths:
        return Affected((), False, "no file was changed")
    wide = [path for path in paths if _widens(path, imports)]
    if wide:
        return Affected((), True, f"{wide[0]} can reach any test: all of them")
    importers = _importers(tuple(imports.items()))
    reached, todo = set(paths), list(paths)
    while todo:
        for path in importers.get(todo.pop(), frozenset()) - reached:
            reached.add(path)
            todo.append(path)
    files = tuple(sorted(path for path in reached if holds_tests(path)))
    names = ", ".join(PurePosixPath(path).name for path in paths[:3])
    return Affected(files, False, f"{len(files)} test files import {names}, directly or not (a guess by imports)")


def guessed(root: str, paths: Iterable[str], changed: Iterable[str]) -> list[Affected]:
    """For a worker: :func:`affected` of ``changed``, by the imports of the Python files ``paths``."""
    return [affected(changed, dict(imports_of(root, paths)))]


def imports_of(root: str, paths: Iterable[str]) -> list[tuple[str, frozenset[str]]]:
    """The dotted names that each file imports; one that cannot be read or parsed imports nothing."""
    found = []
    for path in paths:
        try:
            source = Path(root, path).read_bytes()
        except OSError:
            found.append((path, frozenset[str]()))
            continue
        key = (path, hashlib.sha256(source).digest())
        if key not in _known:
            if len(_known) >= MANY:
                _known.clear()
            _known[key] = _imported(path, source)
        found.append((path, _known[key]))
    return found


def _imported(path: str, source: bytes) -> frozenset[str]:
    try:
        return frozenset(_names(ast.parse(source), path))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()


def _names(tree: ast.Module, path: str) -> Iterable[str]:
    package = PurePosixPath(path).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *([node.module] if node.module else [])])
            yield stem
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@lru_cache(maxsize=2)
def _importers(imports: tuple[tuple[str, frozenset[str]], ...]) -> dict[str, set[str]]:
    """File to the files that import it. A name matches every file whose path ends like it, wherever its root is."""
    by_name: dict[str, list[str]] = {}
    for path, _ in imports:
        parts = PurePosixPath(path).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        for start in range(len(parts)):
            by_name.setdefault(".".join(parts[start:]), []).append(path)
    found: dict[str, set[str]] = {}
    for path, names in imports:
        for name in names:
            for target in by_name.get(name, ()):
                found.setdefault(target, set()).add(path)
            for package in PurePosixPath(name.replace(".", "/")).parents:
                # a module of a package runs the package's own file first
                for target in by_name.get(".".join(package.parts), ()):
                    if target.endswith("__init__.py"):
                        found.setdefault(target, set()).add(path)
    return found


def _widens(path: str, imports: Mapping[str, frozenset[str]]) -> bool:
    if PurePosixPath(path).suffix in (".md", ".rst", ".txt") and not is_test_path(path):
        return False
    return path not in imports or PurePosixPath(path).name in ("conftest.py", "settings.py", "setup.py")
