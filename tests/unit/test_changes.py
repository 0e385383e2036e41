"""Change sets on a working tree: all or nothing, whatever kills us, and back again without harming anybody's edits."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patching import base as base
from tests.patching import changes_at, git, tree_of, wide_change
from workbench.analysis.diffs import ConflictError, Diff, diff_texts
from workbench.engine.file_states import RefusedError


def test_a_wide_change_goes_on_and_off_and_on_again(base: Path) -> None:
    repo, changes = base / "repo", changes_at(base)
    diff = wide_change(repo)
    before = tree_of(repo)
    record = changes.apply(diff, "everything")
    after = tree_of(repo)
    git(repo, "add", "-A")
    staged = git(repo, "write-tree")
    git(repo, "reset", "-q", "--hard")
    git(repo, "clean", "-qfd")
    git(repo, "apply", "--index", "-", stdin=changes.vault.get(record.patch))
    assert git(repo, "write-tree") == staged
    changes.undo(record)
    assert tree_of(repo) == before
    assert not (repo / "new").exists()
    changes.redo(record)
    assert tree_of(repo) == after


def test_undo_refuses_when_a_file_was_edited_since_and_touches_nothing(base: Path) -> None:
    repo, changes = base / "repo", changes_at(base)
    record = changes.apply(wide_change(repo), "wide")
    (repo / "pkg" / "a.py").write_text("mine now\n")
    edited = tree_of(repo)
    with pytest.raises(RefusedError, match=r"edited since: pkg/a\.py"):
        changes.undo(record)
    assert tree_of(repo) == edited


def test_a_change_that_does_not_fit_changes_nothing(base: Path) -> None:
    repo, changes = base / "repo", changes_at(base)
    diff = wide_change(repo)
    (repo / "pkg" / "a.py").write_text("something else\n")
    before = tree_of(repo)
    with pytest.raises(ConflictError, match=r"pkg/a\.py"):
        changes.apply(diff, "wide")
    assert tree_of(repo) == before


@pytest.mark.parametrize(
    "path", ["../out", "/etc/x", ".git/hooks/pre-commit", "a/.GIT/x", ".git./x", "outside/x", "a//b", "a/./b"]
)
def test_a_change_cannot_leave_the_repository(base: Path, path: str) -> None:
    (base / "elsewhere").mkdir()
    (base / "repo" / "outside").symlink_to(base / "elsewhere")
    with pytest.raises(RefusedError):
        changes_at(base).apply(Diff((diff_texts(path, None, "x\n"),)), "out")
    assert not any((base / "elsewhere").iterdir())


def test_a_file_that_is_there_is_not_overwritten_by_a_new_one(base: Path) -> None:
    with pytest.raises(RefusedError, match="there already"):
        changes_at(base).apply(Diff((diff_texts("script", None, "x\n"),)), "new")


def test_a_full_folder_says_no_and_everything_is_as_it_was(base: Path) -> None:
    repo, changes = base / "repo", changes_at(base)
    (repo / "b").mkdir()
    (repo / "b" / "is a folder").touch()
    before = tree_of(repo)
    diff = Diff((diff_texts("script", "#!/bin/sh\n", "changed\n"), diff_texts("b", None, "x\n")))
    with pytest.raises(RefusedError, match="nothing was changed"):
        changes.apply(diff, "two")
    assert tree_of(repo) == before
    assert changes.recover() == []


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_changes import changes_at
from workbench.analysis.diffs import decode_diff, parse_diff
from workbench.engine import transaction

def deadly(call):
    def made(*args, **options):
        global count
        count += 1
        if count == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **options)
    return made

base, verb = Path(sys.argv[1]), sys.argv[2]
changes = changes_at(base)
for line in sys.stdin:
    count, limit, child = 0, int(line), os.fork()
    if child:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    diff = parse_diff(decode_diff((base / "patch").read_bytes()))
    record = changes.apply(diff, "wide") if verb == "undo" else None
    for name in ("rename", "replace", "unlink", "mkdir", "rmdir", "open", "symlink_to"):
        setattr(Path, name, deadly(getattr(Path, name)))
    changes.undo(record) if record else changes.apply(diff, "wide")
    os._exit(0)
"""


@pytest.mark.parametrize("verb", ["apply", "undo"])
def test_killed_at_any_moment_the_tree_is_before_or_after(base: Path, verb: str) -> None:
    with deaths(base, verb) as killed_at:
        every_end(base, killed_at)


@contextmanager
def deaths(base: Path, verb: str) -> Iterator[Callable[[int], int]]:
    """A process that was loaded once; each call forks one that carries out ``verb`` and is killed at that call of it.
    Gives the exit code, negative where it was killed."""
    argv = [sys.executable, "-c", KILLED, str(base), verb, str(Path(__file__).parent)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def killed_at(limit: int) -> int:
            asked.write(f"{limit}\n")
            asked.flush()
            return int(told.readline())

        yield killed_at
        asked.close()


def every_end(base: Path, killed_at: Callable[[int], int]) -> None:
    repo = base / "repo"
    diff = wide_change(repo)
    clean = tree_of(repo)
    changes = changes_at(base)
    record = changes.apply(diff, "reference")
    done = tree_of(repo)
    (base / "patch").write_bytes(changes.vault.get(record.patch))
    changes.undo(record)
    changes.settle(record)
    ends: set[bool] = set()
    limit, ended = 1, False
    while not ended:
        code = killed_at(limit)
        assert code in (0, -signal.SIGKILL)
        ended = code == 0
        found = changes.recover()
        now = tree_of(repo)
        assert now in (clean, done), f"torn at call {limit}"
        assert not list(repo.glob(".workbench-*"))
        ends.add(now == done)
        for recovered in found:
            assert not recovered.conflicts
            if recovered.done:
                assert (now == done) == (recovered.verb == "apply")
            changes.settle(recovered.record)
        if now == done:
            git(repo, "reset", "-q", "--hard")
            git(repo, "clean", "-qfd")
        limit += 1 + limit // 3
    assert ends == {True, False}


def test_after_a_kill_what_somebody_edited_is_left_and_named(base: Path) -> None:
    repo, changes = base / "repo", changes_at(base)
    diff = Diff((diff_texts("script", "#!/bin/sh\n", "changed\n"), diff_texts("turns", "a file\n", "b\n")))
    (base / "patch").write_bytes(b"")
    record = changes.apply(diff, "two")
    intent = next((base / "intents").glob("*.intent"))
    intent.write_text(intent.read_text().replace('"done": true', '"done": false'))
    (repo / "script").write_text("mine\n")
    (repo / "turns").write_text("a file\n")
    (recovered,) = changes.recover()
    assert recovered.conflicts == ("script",)
    assert ((repo / "script").read_text(), (repo / "turns").read_text()) == ("mine\n", "b\n")
    assert recovered.record == record
