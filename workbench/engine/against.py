"""What the change is shown against: the base of the branch, HEAD, the index; or what is staged. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from workbench.case.errors import GitError
from workbench.engine.proof.change import base_commit
from workbench.engine.repo.facts import Facts
from workbench.engine.repo.trees import Trees

View = Literal["base", "head", "index", "staged"]
"""``base``: all that the branch changes; ``head``: what is not committed; ``index``: what is not staged; ``staged``:
from HEAD to the index."""

VIEWS: tuple[View, ...] = get_args(View)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the diff is made against and how: a view, a revision ("" for the change's own base; it goes before the
    view), lines of context, whether changes of white space alone are left out."""

    base: str = ""
    context: int = 3
    ignore_space: bool = False
    view: View = "base"

    @property
    def options(self) -> tuple[str, ...]:
        """Options of git for such a diff."""
        return (f"-U{self.context}", "-M", *(["-w"] if self.ignore_space else []))


@dataclass(frozen=True, slots=True)
class Sides:
    """``base`` is the commit that the change as a whole is against, ``base_tree`` its tree, ``tree`` the files as they
    are; the diff that is shown leads from ``old`` to ``new``."""

    base: str
    base_tree: str
    tree: str
    old: str
    new: str


def sides(facts: Facts, trees: Trees, began: str, wanted: Wanted) -> Sides:
    """Both sides of what is wanted; ``began`` is the commit that the case was opened on. Raises NoChangeError, and
    GitError, also where the index holds a conflict."""
    base = _base(facts, began, wanted)
    base_tree, tree = trees.tree_of(base), trees.working()
    if wanted.base or wanted.view == "base":
        return Sides(base, base_tree, tree, base_tree, tree)
    if not facts.head:
        raise GitError(("rev-parse", "HEAD"), 128, "there is no commit yet")
    if wanted.view == "head":
        return Sides(base, base_tree, tree, trees.tree_of("HEAD"), tree)
    staged = trees.staged()
    if wanted.view == "index":
        return Sides(base, base_tree, tree, staged, tree)
    return Sides(base, base_tree, tree, trees.tree_of("HEAD"), staged)


def _base(facts: Facts, began: str, wanted: Wanted) -> str:
    """The commit asked for, or that of the branch, or the one that the case was opened on."""
    commit = base_commit(facts, wanted.base)
    if wanted.base or commit != facts.head or began in ("", commit):
        return commit
    try:
        return base_commit(facts, began)
    except GitError:
        return commit
