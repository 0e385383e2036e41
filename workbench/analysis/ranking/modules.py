"""Import names of a tree's Python files, and what an import statement of one of them leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

SOURCE_FOLDERS = ("src/", "lib/", "python/")
"""Folders that are import roots by custom."""


def module_names(paths: Mapping[int, str]) -> dict[str, int]:
    """The file of each import name: ``a.b`` for a/b.py and a/b/__init__.py.

    A package in a folder that is none goes by its own name too where only one has it: ``app.db`` for backend/app/db.py.
    """
    found: dict[str, int] = {}
    own: dict[str, set[int]] = {}
    packages = {path.rpartition("/")[0] for path in paths.values() if path.endswith("/__init__.py")}
    for file, path in paths.items():
        if path.endswith(".py"):
            inside = _below_root(path, packages)
            for folder in SOURCE_FOLDERS:
                path = path.removeprefix(folder)
            found[_dotted(path)] = file
            if inside:
                own.setdefault(_dotted(inside), set()).add(file)
    return {name: min(files) for name, files in own.items() if len(files) == 1} | found


def _dotted(path: str) -> str:
    return path[:-3].removesuffix("/__init__").replace("/", ".")


def _below_root(path: str, packages: Set[str]) -> str:
    """What of ``path`` stands below the folder that holds its outermost package; empty for a file of no package."""
    top = path.rpartition("/")[0]
    if top not in packages:
        return ""
    while (above := top.rpartition("/")[0]) in packages:
        top = above
    return path.removeprefix(f"{above}/") if above else path


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
