"""Files that git does not hold but tests need: what worktrees get of them, and what is proposed to be. Blocking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from workbench.case.errors import GitError
from workbench.engine.repo.files import records
from workbench.engine.repo.git import run_git
from workbench.engine.repo.repository import Facts

_COMMON = (".env", ".env.test", ".env.local", "local_settings.py", "settings_local.py")
_BUILT = (".so", ".pyd")
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".pyx", ".pxd", ".rs", ".f90")
_MOST = 50
_SUBMODULE = re.compile(r"^\s*path\s*=\s*(\S.*?)\s*$", re.MULTILINE)


def carried_files(facts: Facts, named: Sequence[str] = ()) -> tuple[str, ...]:
    """What is carried: what is ``named`` (the setting ``tests.carry``), local settings at the
    root, and what was built or generated beside tracked modules (extensions, ``_version.py``), with submodules."""
    root = facts.root
    tracked = set(_listed(facts))
    common = [name for name in _COMMON if (root / name).is_file() and name not in tracked]
    packages = {str(PurePosixPath(path).parent) for path in tracked if path.endswith(".py")}
    beside = [
        path
        for path in _listed(facts, "-o", "-i", "--exclude-standard", "--directory")
        if path.endswith((*_BUILT, ".py")) and str(PurePosixPath(path).parent) in packages
    ]
    modules = root / ".gitmodules"
    submodules = _SUBMODULE.findall(modules.read_text("utf-8", "replace")) if modules.is_file() else []
    return tuple(dict.fromkeys([*named, *common, *beside[:_MOST], *submodules]))


def proposed(facts: Facts, missed: Iterable[str]) -> tuple[str, ...]:
    """Of the files that tests looked for in vain in a worktree, those that stand in the user's tree, ignored by git."""
    there = sorted(path for path in missed if (facts.root / path).is_file())
    if not there:
        return ()
    try:
        said = run_git(facts.root, "check-ignore", "-z", "--stdin", stdin="\0".join(there).encode(), guard=facts.guard)
    except GitError:
        return ()
    return tuple(records(said))


def outdated(carried: Sequence[str], changed: Iterable[str], root: Path) -> str:
    """Why what was built may not be what it is built from, or the empty string: its sources are part of the change."""
    built = [name for name in carried if name.endswith(_BUILT) and (root / name).is_file()]
    sources = [path for path in changed if path.endswith(_SOURCES)]
    if not built or not sources:
        return ""
    return f"{built[0]} is built from sources that the change touches ({sources[0]}): it cannot be taken back unbuilt"


def _listed(facts: Facts, *options: str) -> list[str]:
    """Files that git lists; folders of which all is ignored are left out."""
    try:
        said = run_git(facts.root, "ls-files", "-z", *options, guard=facts.guard)
    except GitError:
        return []
    return [path for path in records(said) if not path.endswith("/")]
