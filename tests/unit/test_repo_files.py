"""What a repository holds, told quickly and truly, whatever lies in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from workbench.engine.repo import files as listing_module
from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.files import blob_id, list_repository
from workbench.engine.repo.git import run_git
from workbench.engine.repo.repository import Repository
from workbench.engine.repo.trees import Trees

MakeRepo = Callable[..., Any]


async def listed(path: Path) -> Repository:
    repository = await Repository.open(path)
    await repository.files()
    return repository


async def test_tracked_and_untracked_files_have_the_ids_git_gives_them(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "one\n", "pkg/b.py": "two\n", ".gitignore": "*.log\nbuild/\n", "gone.py": "x\n"})
    repo.write("a.py", "changed\n")
    repo.write("new.py", "new\n")
    repo.write("debug.log", "ignored\n")
    repo.write("build/out.py", "ignored\n")
    (repo.path / "gone.py").unlink()

    repository = await listed(repo.path / "pkg")

    paths = repository.listing.blobs
    assert sorted(paths) == [".gitignore", "a.py", "new.py", "pkg/b.py"]
    for path, blob in paths.items():
        assert repo.git("hash-object", "--no-filters", "--", path).decode().strip() == blob
    assert repository.listing.dirty == ("a.py", "gone.py", "new.py")
    assert repository.listing.skipped == {}


async def test_a_touched_file_is_not_dirty(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "one\n"})
    os.utime(repo.path / "a.py", (1, 1))

    repository = await listed(repo.path)

    assert repository.listing.dirty == ()


async def test_staged_and_unstaged_changes_show_what_is_on_disk(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "one\n"})
    repo.write("a.py", "staged\n")
    repo.write("added.py", "added\n")
    repo.git("add", "--all")
    repo.write("a.py", "on disk\n")

    repository = await listed(repo.path)

    assert repository.listing.blobs == {"a.py": blob_id(b"on disk\n"), "added.py": blob_id(b"added\n")}


STRANGE = [
    "with space.py",
    "new\nline.py",
    "[brackets].py",
    "\x1b[31mred.py",
    "tab\there.py",
    "-n.py",
    "ünïcode.py",
    '"q".py',
]


async def test_strange_names_come_through_exactly(make_repo: MakeRepo) -> None:
    repo = make_repo({name: f"{number}\n" for number, name in enumerate(STRANGE)})
    for number, name in enumerate(STRANGE):
        repo.write(f"untracked/{name}", f"{number}\n")

    repository = await listed(repo.path)

    assert set(repository.listing.blobs) == {*STRANGE, *(f"untracked/{name}" for name in STRANGE)}
    assert {path for commit in await repository.log() for path in commit.paths} == set(STRANGE)
    for name in STRANGE:
        assert await repository.read_file(name) == await repository.read_file(name, "HEAD")
        (line,) = await repository.blame(name, 1, 1)
        assert line.commit == repo.head


async def test_names_and_contents_that_are_no_utf8(make_repo: MakeRepo) -> None:
    repo = make_repo({"plain.py": "x\n"})
    name = os.fsdecode(b"caf\xe9.py")
    repo.write(name, b"# caf\xe9\r\nx = 1\r\n")
    repo.commit("latin one")

    repository = await listed(repo.path)

    assert repository.listing.blobs[name] == blob_id(b"# caf\xe9\r\nx = 1\r\n")
    newest = (await repository.log())[0]
    assert newest.paths == (name,)
    assert await repository.read_file(name, "HEAD") == b"# caf\xe9\r\nx = 1\r\n"


async def test_what_cannot_be_read_as_text_is_named(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n", "logo.png": b"\x89PNG", "target.py": "t\n"})
    repo.write("data.bin", b"\0\1\2")
    (repo.path / "link.py").symlink_to("target.py")
    (repo.path / "loop").symlink_to(repo.path)
    os.mkfifo(repo.path / "pipe")
    with (repo.path / "huge.sql").open("wb") as file:
        file.truncate(50 << 20)
    repo.commit("odd files")
    with (repo.path / "huge2.sql").open("wb") as file:
        file.truncate(50 << 20)
    repo.write("untracked.thing", b"text\0")

    repository = await listed(repo.path)

    assert sorted(repository.listing.blobs) == ["a.py", "target.py"]
    assert repository.listing.skipped == {
        "data.bin": "binary",
        "huge.sql": "50 MB",
        "huge2.sql": "50 MB",
        "link.py": "symbolic link",
        "logo.png": "binary",
        "loop": "symbolic link",
        "untracked.thing": "binary",
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up root's rights in a process of its own")
def test_unreadable_files_are_named_for_a_user_without_rights(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n", "tracked.py": "t\n"})
    repo.write("secret.py", "s\n").chmod(0)
    (repo.path / "tracked.py").chmod(0)
    with TemporaryDirectory() as folder:
        root = Path(shutil.copytree(repo.path, Path(folder) / "repo"))
        for place in [Path(folder), *root.rglob("*"), root]:
            os.chown(place, 65534, 65534, follow_symlinks=False)

        said = _as_nobody(lambda: str(_tree_and_listing(root, Path(folder) / "cache")))

    assert (
        said
        == "(['a.py'], {'secret.py': 'permission denied', 'tracked.py': 'permission denied'}, b'a.py\\ntracked.py\\n')"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
async def test_unreadable_files_are_named(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    repo.write("secret.py", "s\n").chmod(0)

    repository = await listed(repo.path)

    assert repository.listing.skipped == {"secret.py": "permission denied"}


def _tree_and_listing(root: Path, cache: Path) -> tuple[list[str], dict[str, str], bytes]:
    facts = read_facts(root)
    listing = list_repository(facts)
    trees = Trees(facts, cache)
    names = run_git(trees.store, "ls-tree", "--name-only", trees.working())
    return sorted(listing.blobs), listing.skipped, names


def _as_nobody(ask: Callable[[], str]) -> str:
    """The answer of a child process that gave up root's rights."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresuid(65534, 65534, 65534)
            os.environ["HOME"] = "/"
            os.environ["XDG_CONFIG_HOME"] = "/nowhere"
            os.write(writer, ask().encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
            raise
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        return pipe.read().decode()


async def test_a_file_that_vanishes_while_it_is_listed_is_deleted(
    make_repo: MakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({"a.py": "one\n", "b.py": "two\n"})
    repo.write("a.py", "changed\n")
    repo.write("new.py", "new\n")
    hashed = listing_module.hash_file

    def vanish(root: Path, path: str, form: str = "sha1") -> tuple[str, str]:
        (repo.path / path).unlink()
        return hashed(root, path, form)

    monkeypatch.setattr(listing_module, "hash_file", vanish)

    repository = await listed(repo.path)

    assert sorted(repository.listing.blobs) == ["b.py"]
    assert repository.listing.skipped == {}
    assert "a.py" in repository.listing.dirty


async def test_a_merge_conflict_is_listed_once_as_it_stands(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "base\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a.py", "side\n")
    repo.commit("side")
    repo.git("checkout", "-q", "main")
    repo.write("a.py", "main\n")
    repo.commit("main")
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "-q", "side")

    repository = await listed(repo.path)

    content = (repo.path / "a.py").read_bytes()
    assert b"<<<<<<<" in content
    assert repository.listing.blobs == {"a.py": blob_id(content)}
    assert repository.listing.dirty == ("a.py",)


async def test_a_sparse_checkout_names_what_is_not_there(make_repo: MakeRepo) -> None:
    repo = make_repo({"a/x.py": "x\n", "b/y.py": "y\n"})
    repo.git("sparse-checkout", "set", "a")

    repository = await listed(repo.path)

    assert list(repository.listing.blobs) == ["a/x.py"]
    assert repository.listing.skipped == {"b/y.py": "not checked out"}
    assert repository.listing.dirty == ()


async def test_submodules_and_repositories_within_are_named_not_entered(make_repo: MakeRepo) -> None:
    library = make_repo({"lib.py": "x\n"})
    repo = make_repo({"a.py": "x\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.path), "vendor/lib")
    repo.commit("submodule")
    shutil.copytree(library.path, repo.path / "nested")

    repository = await listed(repo.path)

    assert sorted(repository.listing.blobs) == [".gitmodules", "a.py"]
    assert repository.listing.skipped == {"vendor/lib": "submodule", "nested/": "a repository of its own"}
    assert repository.facts.submodules == ("vendor/lib",)
    assert any("vendor/lib" in note for note in repository.facts.notes)


async def test_line_ends_that_git_converts_are_no_change(make_repo: MakeRepo) -> None:
    repo = make_repo({".gitattributes": "*.bat text eol=crlf\n", "run.bat": "@echo off\n"})
    (repo.path / "run.bat").unlink()
    repo.git("checkout", "--", "run.bat")
    os.utime(repo.path / "run.bat", (1, 1))

    repository = await listed(repo.path)

    assert (repo.path / "run.bat").read_bytes() == b"@echo off\r\n"
    assert repository.listing.dirty == ()
    assert repository.listing.blobs["run.bat"] == blob_id(b"@echo off\n")


async def test_sha256_repositories_get_sha256_ids(tmp_path: Path) -> None:
    root = tmp_path / "modern"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(root)], check=True)
    (root / "a.py").write_text("x\n")

    repository = await listed(root)

    assert repository.listing.blobs == {"a.py": blob_id(b"x\n", "sha256")}


async def test_a_folder_without_git_is_walked_safely(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    (root / "pkg" / "node_modules").mkdir(parents=True)
    (root / "pkg" / "a.py").write_text("x\n")
    (root / "pkg" / "node_modules" / "x.js").write_text("x\n")
    (root / "pkg" / "loop").symlink_to(root)
    (root / "b.bin").write_bytes(b"\0")

    repository = await listed(root)

    assert not repository.is_git
    assert repository.listing.blobs == {"pkg/a.py": blob_id(b"x\n")}
    assert repository.listing.skipped == {"b.bin": "binary"}
    assert await repository.log() == []
    assert "no git repository" in repository.facts.notes[0]
