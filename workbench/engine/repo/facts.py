"""What a repository is, learnt once when it is opened. Blocking."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from workbench.case.errors import GitError, ToldError
from workbench.engine.repo.git import UNGUARDED, Guard, run_git

_RUNS = re.compile(
    r"(filter\..+\.(?:clean|smudge|process)|merge\..+\.driver|diff\..+\.(?:command|textconv)|trailer\..+\.(?:command|cmd)"
    r"|gpg\..+\.program|remote\..+\.(?:uploadpack|receivepack|vcs)|credential\..+\.helper|tar\..+\.command)",
    re.DOTALL,
)
"""Configuration that names a program and has a free part in its own name."""

_CONVERSION = re.compile(
    r"core\.(?:autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|excludesfile|trustctime|checkstat)"
)
"""Configuration that decides what counts as a change, and runs nothing."""


class Problem(StrEnum):
    """Why a path cannot be opened."""

    MISSING = "missing"
    NO_FOLDER = "no_folder"
    OTHER_OWNER = "other_owner"
    BARE = "bare"
    BROKEN = "broken"


class RepositoryError(ToldError):
    """The path cannot be opened; the message says what happened and what to do, ``problem`` which kind it is."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Facts:
    """What a repository is. ``head`` is empty without commits, ``branch`` empty when detached; ``git_dir`` is None for
    a folder without git. ``submodules`` are paths. ``guard`` keeps git from running what the repository's configuration
    names, ``conversion`` holds its settings about line ends and the like; ``notes`` are sentences a person should know.
    """

    root: Path
    name: str
    git_dir: Path | None = None
    common_dir: Path | None = None
    head: str = ""
    branch: str = ""
    object_format: str = "sha1"
    shallow: bool = False
    partial: bool = False
    submodules: tuple[str, ...] = ()
    guard: Guard = UNGUARDED
    conversion: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_facts(path: Path, other_owner: bool = False) -> Facts:
    """Look at ``path``. ``other_owner`` says that a repository of somebody else may be read. Raises RepositoryError."""
    path = _folder(path)
    guard = Guard(_outermost(path), (("safe.directory", "*"),) if other_owner else ())
    try:
        root = _root(path, guard)
        git_dir = Path(_line(root, guard, "rev-parse", "--absolute-git-dir"))
        common = Path(os.path.normpath(root / _line(root, guard, "rev-parse", "--git-common-dir")))
        settings = _settings(root, guard)
        form = _line(root, guard, "rev-parse", "--show-object-format")
    except GitError as error:
        return _without_work_tree(path, guard, error)
    guard = Guard(root, (*guard.settings, *_turned_off(settings)))
    head = _ask(root, guard, "rev-parse", "--verify", "-q", "HEAD")
    facts = Facts(
        root=root,
        name=root.name,
        git_dir=git_dir,
        common_dir=common,
        head=head,
        branch=_ask(root, guard, "symbolic-ref", "-q", "--short", "HEAD"),
        object_format=form,
        shallow=(common / "shallow").exists(),
        partial=any(re.fullmatch(r"remote\..*\.promisor", key, re.DOTALL) for key, _ in settings),
        submodules=_submodules(root, guard),
        guard=guard,
        conversion=tuple((key, value) for key, value in settings if _CONVERSION.fullmatch(key)),
    )
    return _noted(facts)


def _root(path: Path, guard: Guard) -> Path:
    root = Path(_line(path, guard, "rev-parse", "--show-toplevel"))
    if not path.is_relative_to(root):
        raise RepositoryError(Problem.BROKEN, f"{path} is not in the work tree that its configuration names: {root}")
    return root


def _folder(path: Path) -> Path:
    path = path.expanduser()
    if not path.exists():
        raise RepositoryError(Problem.MISSING, f"{path} does not exist: give the folder of a repository")
    if not path.is_dir():
        raise RepositoryError(Problem.NO_FOLDER, f"{path} is a file; give a repository, and logs with --log")
    return path.resolve()


def _outermost(path: Path) -> Path:
    """The highest folder above ``path`` that could be its repository: programs in it are not to be run."""
    return next((parent for parent in (*reversed(path.parents), path) if (parent / ".git").exists()), path)


def _noted(facts: Facts) -> Facts:
    names = ", ".join(facts.submodules[:3]) + (", …" if len(facts.submodules) > 3 else "")
    notes = (
        (not facts.head, "no commits yet: history and proofs have nothing to compare with"),
        (bool(facts.head) and not facts.branch, "detached HEAD"),
        (facts.shallow, "shallow clone: history ends early, older suspects cannot be seen"),
        (facts.partial, "partial clone: objects that are not here are not fetched"),
        (bool(facts.submodules), f"submodules are not looked into: {names}"),
    )
    return replace(facts, notes=tuple(text for holds, text in notes if holds))


def _without_work_tree(path: Path, guard: Guard, error: GitError) -> Facts:
    said = error.stderr
    if "dubious ownership" in said or "unsafe repository" in said:
        raise RepositoryError(
            Problem.OTHER_OWNER,
            f"{path} belongs to another user, and git refuses to read it. To read it all the same: "
            f"workbench --trust {path}. To have git itself accept it: git config --global --add safe.directory {path}",
        ) from error
    if "must be run in a work tree" in said:
        bare = _ask(path, guard, "rev-parse", "--is-bare-repository") == "true"
        kind = "is a bare repository" if bare else "lies inside a .git folder"
        way = f"clone it (git clone {path}) and open the clone" if bare else "open the folder that holds it"
        raise RepositoryError(Problem.BARE, f"{path} {kind}: {way}") from error
    if "not a git repository" in said:
        return Facts(path, path.name, notes=("no git repository here: no history, no proofs",))
    if error.exit_code == 127:
        return Facts(path, path.name, notes=(f"{said}: no history, no proofs",))
    raise RepositoryError(Problem.BROKEN, f"git cannot read {path}: {said.strip() or error}") from error


def _settings(root: Path, guard: Guard) -> list[tuple[str, str]]:
    raw = run_git(root, "config", "--list", "--includes", "-z", guard=guard).decode("utf-8", "surrogateescape")
    pairs = (record.partition("\n") for record in raw.split("\0") if record)
    return [(key, value) for key, _, value in pairs]


def _turned_off(settings: list[tuple[str, str]]) -> list[tuple[str, str]]:
    off: dict[str, str] = {}
    for key, _ in settings:
        if not _RUNS.fullmatch(key):
            continue
        if key.startswith("filter."):
            off[key] = ""
            off[key.rpartition(".")[0] + ".required"] = "false"
        else:
            off[key] = "" if key.endswith(".helper") else "false"
    return list(off.items())


def _submodules(root: Path, guard: Guard) -> tuple[str, ...]:
    if not (root / ".gitmodules").is_file():
        return ()
    raw = _ask(root, guard, "config", "--file", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.path$")
    return tuple(sorted(record.partition("\n")[2] for record in raw.split("\0") if record))


def _line(root: Path, guard: Guard, *args: str) -> str:
    return run_git(root, *args, guard=guard).decode("utf-8", "surrogateescape").removesuffix("\n")


def _ask(root: Path, guard: Guard, *args: str) -> str:
    try:
        return _line(root, guard, *args)
    except GitError:
        return ""
