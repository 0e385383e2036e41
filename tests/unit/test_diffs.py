"""Diffs as values: what git writes is read and written the same, and any part of it applies as git applies it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.patching import ENV
from workbench.analysis.diffs import (
    ConflictError,
    Decisions,
    Diff,
    DiffError,
    FileStatus,
    Selection,
    apply_file,
    changed_words,
    decode_diff,
    diff_texts,
    encode_diff,
    everything,
    format_diff,
    parse_diff,
    reversed_diff,
    rows_of,
    subset,
)
from workbench.analysis.diffs.model import CONTEXT
from workbench.analysis.diffs.select import all_of_file, lines_of_hunk

MODEST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def git(repo: Path, *args: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["git", *args], cwd=repo, input=stdin, env=ENV, capture_output=True, check=False)
    assert done.returncode == 0, (args, done.stderr.decode(), stdin.decode(errors="replace"))
    return done.stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


words = st.sampled_from(["a", "b", "c", "d", "", "  x = 1", "\tif y:", "CRLF\r", "naïve 漢", "\udcff\udcfe"])


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(words, max_size=25))
    text = "\n".join(lines)
    return encode_diff(text + "\n" if draw(st.booleans()) and text else text)


def edit_of(repo: Path, old: bytes, new: bytes, context: int = 3) -> Diff:
    """The diff that git makes of a file ``f`` that had ``old`` in the index and has ``new`` on disk."""
    (repo / "f").write_bytes(old)
    git(repo, "add", "f")
    (repo / "f").write_bytes(new)
    return parse_diff(decode_diff(git(repo, "diff", f"-U{context}", "--text", "--", "f")))


def applied_by_git(repo: Path, old: bytes, patch: Diff, *flags: str) -> bytes:
    (repo / "f").write_bytes(old)
    text = encode_diff(format_diff(patch))
    if text:
        git(repo, "apply", "--whitespace=nowarn", *flags, "-", stdin=text)
    return (repo / "f").read_bytes()


def applied_by_us(old: bytes, patch: Diff) -> bytes | None:
    return apply_file(old, patch.files[0]) if patch.files else old


@MODEST
@given(old=contents(), new=contents(), context=st.integers(1, 4))
def test_what_git_writes_is_read_and_written_the_same(repo: Path, old: bytes, new: bytes, context: int) -> None:
    (repo / "f").write_bytes(old)
    git(repo, "add", "f")
    (repo / "f").write_bytes(new)
    text = decode_diff(git(repo, "diff", f"-U{context}", "--text"))
    assert format_diff(parse_diff(text)) == text


@settings(MODEST, max_examples=120)
@given(old=contents(), new=contents(), context=st.integers(1, 3), data=st.data())
def test_any_lines_apply_as_git_applies_them(
    repo: Path, old: bytes, new: bytes, context: int, data: st.DataObject
) -> None:
    diff = edit_of(repo, old, new, context)
    refs = sorted(everything(diff).lines)
    taken = frozenset(data.draw(st.lists(st.sampled_from(refs), unique=True))) if refs else frozenset()
    part = subset(diff, Selection(taken))
    theirs = applied_by_git(repo, old, part)
    assert applied_by_us(old, part) == theirs
    back = subset(diff, Selection(taken), reverse=True)
    remaining = applied_by_git(repo, new, back, "-R")
    assert applied_by_us(new, reversed_diff(back)) == remaining
    changed = {line.text for file in diff.files for hunk in file.hunks for line in hunk.lines}
    if not taken:
        assert (theirs, remaining) == (old, new)
    if len(taken) == len(refs):
        assert (theirs, remaining) == (new, old)
    assert {decode_diff(line) for line in theirs.split(b"\n")} <= {""} | changed | {
        decode_diff(x) for x in old.split(b"\n")
    }


@MODEST
@given(old=contents(), new=contents(), data=st.data())
def test_hunks_taken_one_by_one_in_any_order_give_the_whole(
    repo: Path, old: bytes, new: bytes, data: st.DataObject
) -> None:
    diff = edit_of(repo, old, new, context=1)
    hunks = [(file, hunk) for file, of in enumerate(diff.files) for hunk in range(len(of.hunks))]
    first = data.draw(st.lists(st.sampled_from(hunks), unique=True)) if hunks else []
    part = Selection()
    for file, hunk in first:
        part |= lines_of_hunk(diff, file, hunk)
    between = applied_by_us(old, subset(diff, part))
    assert between is not None
    rest = subset(diff, everything(diff) - part)
    assert applied_by_git(repo, between, rest) == new


@MODEST
@given(old=contents(), new=contents(), context=st.integers(0, 4))
def test_our_own_diff_of_two_texts_applies(repo: Path, old: bytes, new: bytes, context: int) -> None:
    made = Diff((diff_texts("f", decode_diff(old), decode_diff(new), context),))
    if not made.files[0].hunks:
        assert old == new
        return
    assert applied_by_us(old, made) == new
    assert parse_diff(format_diff(made)) == made
    if context:
        assert applied_by_git(repo, old, made) == new


@MODEST
@given(old=contents(), new=contents())
def test_every_line_stands_once_side_by_side(repo: Path, old: bytes, new: bytes) -> None:
    for hunk in diff_texts("f", decode_diff(old), decode_diff(new)).hunks:
        rows = rows_of(hunk)
        left = [row.left for row in rows if row.left is not None]
        right = [row.right for row in rows if row.right is not None]
        assert left == [at for at, line in enumerate(hunk.lines) if line.sign != "+"]
        assert right == [at for at, line in enumerate(hunk.lines) if line.sign != "-"]
        for row in rows:
            context = [at for at in (row.left, row.right) if at is not None and hunk.lines[at].sign == CONTEXT]
            assert not context or row.left == row.right


def test_a_tree_of_odd_changes_goes_through_unharmed(repo: Path) -> None:
    (repo / "gone file.txt").write_text("one\ntwo\n")
    (repo / "old.py").write_text("".join(f"line {n}\n" for n in range(30)))
    (repo / "tool.sh").write_text("#!/bin/sh\n")
    (repo / "picture").write_bytes(bytes(range(256)) * 20)
    (repo / "link").symlink_to("old.py")
    (repo / 'tab\tand "quote" naïve\n.txt').write_text("x\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "base")
    (repo / "gone file.txt").unlink()
    (repo / "old.py").rename(repo / "new name.py")
    (repo / "new name.py").write_text("".join(f"line {n}\n" for n in range(29)) + "last, no newline")
    (repo / "tool.sh").chmod(0o755)
    (repo / "picture").write_bytes(bytes(range(255, -1, -1)) * 20 + b"\0end")
    (repo / "link").unlink()
    (repo / "link").symlink_to("new name.py")
    (repo / 'tab\tand "quote" naïve\n.txt').write_text("y\n")
    (repo / "empty").touch()
    (repo / "added.txt").write_text("a\nb\nc\n")
    git(repo, "add", "-A")
    raw = git(repo, "diff", "--cached", "-M", "--binary", "--full-index")
    text = decode_diff(raw)
    diff = parse_diff(text)
    assert format_diff(diff) == text
    of = {file.path: file for file in diff.files}
    assert of["gone file.txt"].status is FileStatus.DELETED
    assert (of["new name.py"].status, of["new name.py"].old_path) == (FileStatus.RENAMED, "old.py")
    assert of["tool.sh"].mode_changed
    assert not of["tool.sh"].hunks
    assert of["empty"].status is FileStatus.ADDED
    assert 'tab\tand "quote" naïve\n.txt' in of
    assert apply_file(bytes(range(256)) * 20, of["picture"]) == bytes(range(255, -1, -1)) * 20 + b"\0end"
    back = parse_diff(format_diff(reversed_diff(diff)))
    assert (
        apply_file((repo / "picture").read_bytes(), next(f for f in back.files if f.binary)) == bytes(range(256)) * 20
    )

    clean = repo / "clean"
    git(repo, "clone", "-q", str(repo), str(clean))
    git(clean, "apply", "--index", "-", stdin=encode_diff(format_diff(subset(diff, everything(diff)))))
    assert git(clean, "write-tree") == git(repo, "write-tree")


def test_a_rename_or_deletion_is_only_taken_when_it_is_meant(repo: Path) -> None:
    text = "".join(f"line {n}\n" for n in range(30))
    (repo / "old").write_text(text)
    (repo / "dead").write_text("one\ntwo\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "base")
    git(repo, "mv", "old", "new")
    git(repo, "rm", "-q", "dead")
    (repo / "new").write_text(text.replace("line 3\n", "LINE 3\n"))
    (repo / "born").write_text("1\n2\n3\n")
    git(repo, "add", "-A")
    diff = parse_diff(decode_diff(git(repo, "diff", "--cached", "-M")))
    born, dead, moved = (next(n for n, f in enumerate(diff.files) if f.path == p) for p in ("born", "dead", "new"))
    part = lines_of_hunk(diff, moved, 0) | Selection(frozenset({(dead, 0, 0), (born, 0, 2)}))
    clean = repo / "clean"
    git(repo, "clone", "-q", str(repo), str(clean))
    git(clean, "apply", "-", stdin=encode_diff(format_diff(subset(diff, part))))
    assert (clean / "old").read_text() == text.replace("line 3\n", "LINE 3\n")
    assert (clean / "dead").read_text() == "two\n"
    assert (clean / "born").read_text() == "3\n"
    only_move = subset(diff, Selection(headers=frozenset({moved})))
    git(clean, "checkout", "-q", ".")
    git(clean, "apply", "-", stdin=encode_diff(format_diff(only_move)))
    assert (clean / "new").read_text() == text
    assert not (clean / "old").exists()


def test_decisions_know_what_was_said_of_a_part() -> None:
    diff = Diff((diff_texts("f", "a\nb\nc\n", "a\nB\nC\n"),))
    hunk, line = lines_of_hunk(diff, 0, 0), Selection(frozenset({(0, 0, 1)}))
    decisions = Decisions().judge("yes", line)
    assert [decisions.of(part) for part in (line, hunk, hunk - line)] == ["yes", "mixed", "undecided"]
    decisions = decisions.judge("no", hunk)
    assert decisions.of(hunk) == "no"
    assert decisions.judge("undecided", hunk) == Decisions()
    assert all_of_file(diff, 0) == hunk


def test_a_moved_hunk_is_found_and_a_changed_one_is_a_conflict() -> None:
    file = diff_texts("f", "".join(f"{n}\n" for n in range(20)), "".join(f"{n}\n" for n in range(20) if n != 10))
    moved = b"new\n" * 7 + b"".join(b"%d\n" % n for n in range(20))
    assert apply_file(moved, file) == moved.replace(b"\n10\n", b"\n")
    with pytest.raises(ConflictError) as caught:
        apply_file(moved.replace(b"\n12\n", b"\ntwelve\n"), file)
    assert (caught.value.path, caught.value.line) == ("f", 8)
    with pytest.raises(ConflictError, match="not there"):
        apply_file(None, file)


def test_a_file_of_crlf_lines_takes_a_patch_without() -> None:
    file = diff_texts("f", "a\nb\nc\n", "a\nB\nc\n")
    assert apply_file(b"a\r\nb\r\nc\r\n", file) == b"a\r\nB\r\nc\r\n"


def test_a_patch_that_is_cut_short_is_refused() -> None:
    with pytest.raises(DiffError, match="line 3"):
        parse_diff("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n")


def test_conflicted_files_are_named_and_nothing_more() -> None:
    text = "diff --cc f\nindex 1,2..0\n--- a/f\n+++ b/f\n@@@ -1,1 -1,1 +1,5 @@@\n++<<\n* Unmerged path g\n"
    assert [(f.path, f.status, f.hunks) for f in parse_diff(text).files] == [("f", FileStatus.UNMERGED, ())]
    assert parse_diff("* Unmerged path g\n").files[0].path == "g"


def test_words_that_changed_are_found_and_unlike_lines_have_none() -> None:
    old, new = "    if token.refreshed_at is None:", "    if token.used_at is None:"
    before, after = changed_words(old, new)
    assert [old[a:b] for a, b in before] == ["refreshed_at"]
    assert [new[a:b] for a, b in after] == ["used_at"]
    assert changed_words("return conflict()", "import os, sys") == ((), ())
