"""Objects in bulk, in a worker: contents that stand in no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.analysis.index import opened, put_listing
from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.files import blob_id
from workbench.engine.repo.objects import index_blobs, read_blobs
from workbench.engine.repo.trees import Trees

MakeRepo = Callable[..., Any]


def test_blobs_of_any_revision_and_of_our_own_store(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "old\n", "deep/b.py": b"\xff\0", "sub/link": "x"})
    repo.write("a.py", "not committed\n")
    (repo.path / "to-a").symlink_to("a.py")
    trees = Trees(read_facts(repo.path), tmp_path / "cache")
    trees.working()
    store, root = str(trees.store), str(repo.path)
    texts = [b"not committed\n", b"\xff\0", b"x", b"old\n"]

    assert dict(read_blobs(store, root, list(map(blob_id, texts)))) == {blob_id(text): text for text in texts}
    assert dict(read_blobs(str(repo.path / ".git"), root, [blob_id(b"old\n")])) == {blob_id(b"old\n"): b"old\n"}


def test_what_is_not_there_or_too_large_is_left_out(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "0123456789"})
    git_dir, root = str(repo.path / ".git"), str(repo.path)
    tree = repo.git("rev-parse", "HEAD^{tree}").decode().strip()
    blob = blob_id(b"0123456789")

    assert read_blobs(git_dir, root, ["1" * 40, "nonsense", tree, blob]) == [(blob, b"0123456789")]
    assert read_blobs(git_dir, root, [blob], largest=9) == []


def test_a_file_whose_line_ends_git_converts_is_indexed_from_its_blob(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "def refresh():\n    pass\n"})
    index = str(tmp_path / "index.sqlite")
    entry = ("a.py", blob_id(b"def refresh():\n    pass\n"))
    absent = ("b.py", "1" * 40)
    put_listing(index, "now", [entry])

    assert index_blobs(index, str(repo.path / ".git"), str(repo.path), [entry, absent]) == [absent]

    assert put_listing(index, "now", [entry]) == []
    with opened(index) as db:
        ((outlined,),) = db.execute("SELECT count(*) FROM outline").fetchall()
    assert outlined == 1
