"""Files of a change that hold both code and its tests. Blocking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.analysis.proof import changed_tests, holds_tests, is_self_contained, is_test_path, only_tests, own_tests
from workbench.engine.repo.trees import ChangedPath, Trees


@dataclass(frozen=True, slots=True)
class MixedFile:
    """A file with its tests' node ids, and its bytes with those tests but without the rest of the change."""

    path: str
    tests: tuple[str, ...]
    without: bytes


def mixed_files(
    trees: Trees, base: str, head: str, paths: Sequence[ChangedPath], has_tests: bool
) -> tuple[MixedFile, ...]:
    """The files in which code and tests changed together: named like code, where no other file brings a test; named
    like tests, where nothing else changed and the file needs no module of the project."""
    if has_tests and any(not is_test_path(changed.path) for changed in paths):
        return ()
    found = []
    names = _module_names(trees, head) if has_tests else frozenset()
    for changed in paths:
        if changed.status not in ("M", "T") or not changed.path.endswith(".py"):
            continue
        if holds_tests(changed.path) != has_tests:
            continue
        before, after = (_text(trees, tree, changed.path) for tree in (base, head))
        found += list(_mixed(changed.path, before, after, names))
    return tuple(found)


def _mixed(path: str, before: str, after: str, names: frozenset[str]) -> Iterator[MixedFile]:
    try:
        if holds_tests(path):
            if not is_self_contained(after, names):
                return
            tests = changed_tests(path, before, after)
        else:
            own = own_tests(after)
            tests = tuple(ident for ident in changed_tests(path, before, after) if ident.split("::")[1] in own)
        without = only_tests(before, after)
    except (SyntaxError, ValueError):
        return
    if tests and without != after:
        yield MixedFile(path, tests, without.encode("utf-8", "surrogateescape"))


def _text(trees: Trees, tree: str, path: str) -> str:
    return (trees.read(tree, path) or b"").decode("utf-8", "surrogateescape")


def _module_names(trees: Trees, tree: str) -> frozenset[str]:
    parts = (part for path in trees.paths(tree) if path.endswith(".py") for part in PurePosixPath(path).parts)
    return frozenset(part.removesuffix(".py") for part in parts)
