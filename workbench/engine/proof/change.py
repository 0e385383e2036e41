"""What the change is: base and head as trees, and the tests that it brings. Blocking."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from workbench.analysis.proof import changed_tests, find_tests, holds_tests, is_test_path
from workbench.case.errors import GitError, ToldError
from workbench.engine.proof.mixing import mixed_files
from workbench.engine.repo.git import run_git
from workbench.engine.repo.repository import Facts
from workbench.engine.repo.trees import ChangedPath, Trees


class NoChangeError(ToldError):
    """There is nothing to prove; the message says what was looked at."""


class NoSuchThingError(NoChangeError):
    """What was named is not there: a revision, a test's file, a part of the change."""


@dataclass(frozen=True, slots=True)
class CodeChange:
    """``base`` and ``head`` are trees, ``base_name`` says what the base is, ``without`` is the base with the tests of
    the head: the change without its fix. ``tests`` are node ids without parameters, ``racy`` those of them that start
    threads or tasks of their own; ``mixed`` are files that hold both code and its tests. ``nearer`` is a revision after
    the base that the change could be against, too: the base is a branch's merge base, and the branch has commits."""

    base: str
    head: str
    base_name: str
    paths: tuple[ChangedPath, ...]
    tests: tuple[str, ...]
    racy: frozenset[str]
    without: str
    mixed: frozenset[str] = frozenset()
    nearer: str = ""

    @property
    def support(self) -> tuple[str, ...]:
        """Changed paths that are tests or support them."""
        return _support(self.paths, self.mixed)

    @property
    def fix(self) -> tuple[str, ...]:
        """Changed paths that hold the fix: everything else."""
        support = set(self.support)
        return tuple(changed.path for changed in self.paths if changed.path not in support)


def read_change(
    facts: Facts,
    trees: Trees,
    base: str = "",
    tests: Sequence[str] = (),
    head: str = "",
    often: Sequence[str] = (),
) -> CodeChange:
    """The change of the working tree (or of ``head``) against ``base``.

    Without ``base``: a branch's merge base with the default branch, else HEAD when the tree differs from it, else
    HEAD's parent. ``tests`` narrows it to these node ids; those of a file, class or name of ``often`` are racy.
    Raises NoChangeError and GitError.
    """
    head_tree = trees.tree_of(commit_of(facts, head)) if head else trees.working()
    name, base_tree = _base(facts, trees, base, head_tree)
    paths = tuple(trees.changed(base_tree, head_tree))
    if not paths:
        raise NoChangeError(f"nothing differs from {name}")
    found, racy = _tests(trees, base_tree, head_tree, paths)
    mixed = mixed_files(trees, base_tree, head_tree, paths, bool(found))
    if not found:
        found = tuple(ident for file in mixed for ident in file.tests)
    if tests:
        there_are(trees, head_tree, tests)
        found = tuple(tests)
        racy = racy_of(trees, head_tree, tests)
    racy |= {
        test for test in found if any(test == name or test.startswith((f"{name}::", f"{name}[")) for name in often)
    }
    texts = {file.path: file.without for file in mixed}
    kept = trees.overlay(base_tree, head_tree, _support(paths, texts))
    without = trees.with_files(kept, texts)
    nearer = "" if base or head else _nearer(facts, trees, base_tree, head_tree)
    return CodeChange(base_tree, head_tree, name, paths, found, racy, without, frozenset(texts), nearer)


def _support(paths: Sequence[ChangedPath], mixed: Collection[str]) -> tuple[str, ...]:
    return tuple(each.path for each in paths if is_test_path(each.path) and each.path not in mixed)


def commit_of(facts: Facts, revision: str) -> str:
    """The commit that somebody named. Raises NoSuchThingError."""
    words = ("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    try:
        return run_git(facts.root, *words, guard=facts.guard).decode().strip()
    except GitError as error:
        raise NoSuchThingError(f"there is no commit {revision!r} in this repository") from error


def base_commit(facts: Facts, base: str = "") -> str:
    """The commit that a change is against: ``base``, else a branch's merge base with the default branch, else HEAD.

    Raises NoChangeError where there is no commit, NoSuchThingError for a ``base`` that is none.
    """
    if base:
        return commit_of(facts, base)
    if not facts.head:
        raise NoChangeError("there is no commit to compare with")
    return _merge_base(facts) or facts.head


def _base(facts: Facts, trees: Trees, base: str, head_tree: str) -> tuple[str, str]:
    commit = base_commit(facts, base)
    tree = trees.tree_of(commit)
    if base or commit != facts.head or tree != head_tree:
        return commit[:10], tree
    try:
        parent = run_git(facts.root, "rev-parse", "--verify", "HEAD^", guard=facts.guard).decode().strip()
    except GitError as error:
        raise NoChangeError("the only commit has nothing before it") from error
    return parent[:10], trees.tree_of(parent)


def _nearer(facts: Facts, trees: Trees, base: str, head: str) -> str:
    """``HEAD`` where something is uncommitted, else its parent; empty where that is the base itself."""
    name = "HEAD" if trees.tree_of("HEAD") != head else "HEAD^"
    try:
        tree = trees.tree_of(name)
    except GitError:
        return ""
    return name if tree not in (base, head) else ""


def _merge_base(facts: Facts) -> str:
    for name in ("origin/HEAD", "main", "master", "trunk", "develop"):
        if name == facts.branch:
            return ""
        try:
            return run_git(facts.root, "merge-base", "HEAD", name, guard=facts.guard).decode().strip()
        except GitError:
            continue
    return ""


def _tests(trees: Trees, base: str, head: str, paths: Sequence[ChangedPath]) -> tuple[tuple[str, ...], frozenset[str]]:
    found: list[str] = []
    racy: set[str] = set()
    for changed in paths:
        after = trees.read(head, changed.path) if holds_tests(changed.path) and changed.status != "D" else None
        if after is None:
            continue
        before = trees.read(base, changed.path)
        text = after.decode("utf-8", "replace")
        try:
            ids = changed_tests(changed.path, before.decode("utf-8", "replace") if before is not None else None, text)
            racy.update(ident for ident, code in find_tests(changed.path, text).items() if code.racy)
        except (SyntaxError, ValueError):
            ids = (changed.path,)
        found += ids
    return tuple(found), frozenset(racy)


def there_are(trees: Trees, tree: str, tests: Sequence[str]) -> None:
    """Raises NoSuchThingError where a file that ``tests`` name is not in ``tree``."""
    for path in dict.fromkeys(test.split("::")[0] for test in tests):
        if trees.read(tree, path) is None:
            raise NoSuchThingError(f"{path} is not in the tree that is asked about: a test is PATH::NAME")


def racy_of(trees: Trees, head: str, tests: Sequence[str]) -> frozenset[str]:
    """Those of ``tests`` that start threads or tasks of their own."""
    racy: set[str] = set()
    for path in {test.split("::")[0] for test in tests}:
        data = trees.read(head, path)
        try:
            codes = find_tests(path, data.decode("utf-8", "replace")) if data is not None else {}
        except (SyntaxError, ValueError):
            continue
        racy.update(test for test in tests if (code := codes.get(test.split("[")[0])) is not None and code.racy)
    return frozenset(racy)
