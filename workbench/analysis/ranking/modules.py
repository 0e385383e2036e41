"""Import names of a tree's Python files, and what an import statement of one of them leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SOURCE_FOLDERS = ("src/", "lib/", "python/")
"""Folders that are import roots by custom."""


def module_names(paths: Mapping[int, str]) -> dict[str, int]:
    """The file of each import name: ``a.b`` for a/b.py and a/b/__init__.py."""
    found: dict[str, int] = {}
    for file, path in paths.items():
        if path.endswith(".py"):
            for folder in SOURCE_FOLDERS:
                path = path.removeprefix(folder)
            found[path[:-3].removesuffix("/__init__").replace("/", ".")] = file
    return found


def resolved(modules: Mapping[str, int], dotted: str) -> tuple[int, list[str]] | None:
    """The file of the longest prefix of ``dotted`` that is a module, and the names after it; None for no module.

    A prefix of one step counts only when it is the whole name.
    """
    steps = dotted.split(".")
    for end in range(len(steps), 0, -1):
        file = modules.get(".".join(steps[:end]))
        if file is not None and (end > 1 or len(steps) == 1):
            return file, steps[end:]
    return None


def absolute(path: str, module: str) -> str:
    """``module`` without its leading dots, as the file ``path`` means it."""
    bare = module.lstrip(".")
    dots = len(module) - len(bare)
    if not dots:
        return bare
    package = path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else path.rpartition("/")[0]
    for folder in SOURCE_FOLDERS:
        package = package.removeprefix(folder)
    steps = package.split("/") if package else []
    return ".".join([*steps[: len(steps) - dots + 1], *([bare] if bare else [])])


def imported_files(modules: Mapping[str, int], path: str, imports: Iterable[str]) -> set[int]:
    """The files of the repository that ``path`` imports; ``imports`` as an outline has them."""
    found = set()
    for name in imports:
        module, _, taken = name.partition(":")
        dotted = absolute(path, module)
        hit = resolved(modules, f"{dotted}.{taken}" if taken and taken != "*" else dotted)
        if hit is not None:
            found.add(hit[0])
    return found
