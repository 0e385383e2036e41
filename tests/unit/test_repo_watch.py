"""One watch serves everybody: what changed is told soon, what git ignores is not."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.repo.repository import Repository
from workbench.engine.repo.watch import Changed, Watcher

MakeRepo = Callable[..., Any]


class Seen:
    """What a listener was told so far."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.elsewhere: set[Path] = set()
        self.rescans = 0
        self._told = asyncio.Event()

    def __call__(self, changed: Changed) -> None:
        self.paths |= changed.paths
        self.elsewhere |= changed.elsewhere
        self.rescans += changed.rescan
        self._told.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                self._told.clear()
                await self._told.wait()


@asynccontextmanager
async def watching(path: Path, *others: Path) -> AsyncIterator[tuple[Watcher, Seen]]:
    watcher = Watcher(await Repository.open(path), others)
    seen = Seen()
    watcher.subscribe(seen)
    await watcher.start()
    try:
        yield watcher, seen
    finally:
        await watcher.stop()


async def test_every_listener_is_told_and_ignored_files_are_not(make_repo: MakeRepo) -> None:
    repo = make_repo({".gitignore": "*.log\nbuild/\n", "a.py": "x\n", "pkg/b.py": "x\n"})
    repo.write("build/out.py", "x")
    async with watching(repo.path) as (watcher, seen):
        other = Seen()
        leave = watcher.subscribe(other)

        repo.write("debug.log", "ignored")
        repo.write(".a.py.swp", "of an editor")
        repo.write("build/out.py", "ignored")
        repo.git("commit", "-q", "--allow-empty", "-m", "x", env={"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"})
        repo.write("a.py", "y\n")
        (repo.path / "pkg" / "b.py").unlink()
        await seen.until(lambda: seen.paths >= {"a.py", "pkg/b.py"})
        await other.until(lambda: other.paths >= {"a.py", "pkg/b.py"})
        leave()
        repo.write("c.py", "z\n")
        await seen.until(lambda: "c.py" in seen.paths)

        assert seen.paths == {"a.py", "pkg/b.py", "c.py"}
        assert other.paths == {"a.py", "pkg/b.py"}


async def test_new_folders_are_watched_from_then_on(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    async with watching(repo.path) as (_, seen):
        repo.write("new/deep/first.py", "x\n")
        await seen.until(lambda: seen.rescans >= 2)
        repo.write("new/deep/second.py", "x\n")
        await seen.until(lambda: "new/deep/second.py" in seen.paths)


async def test_a_changed_ignore_file_is_heeded(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n", ".gitignore": "gen/\n"})
    repo.write("gen/x.py", "1\n")
    async with watching(repo.path) as (_, seen):
        repo.write(".gitignore", "")
        await seen.until(lambda: seen.rescans >= 2)
        repo.write("gen/x.py", "2\n")
        await seen.until(lambda: "gen/x.py" in seen.paths)


async def test_strange_names_and_links(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    (repo.path / "loop").symlink_to(repo.path)
    async with watching(repo.path) as (_, seen):
        names = {"with space.py", "new\nline.py", "[x].py", "\x1b[1m.py"}
        for name in names:
            repo.write(name, "x")
        await seen.until(lambda: seen.paths >= names)


async def test_other_folders_are_served_too(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    journal = tmp_path / "journal"
    journal.mkdir()
    async with watching(repo.path, journal) as (_, seen):
        (journal / "case.sqlite-wal").write_text("x")
        await seen.until(lambda: bool(seen.elsewhere))

    assert (seen.paths, seen.elsewhere) == (set(), {journal / "case.sqlite-wal"})


async def test_a_folder_without_git(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    (root / "node_modules").mkdir(parents=True)
    async with watching(root) as (_, seen):
        (root / "node_modules" / "x.js").write_text("x")
        (root / "a.py").write_text("x")
        await seen.until(lambda: "a.py" in seen.paths)

    assert seen.paths == {"a.py"}


async def test_a_stopped_watch_is_gone(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    async with watching(repo.path) as (watcher, seen):
        tasks = asyncio.all_tasks()
    assert watcher.notice == ""
    assert [task for task in tasks & asyncio.all_tasks() if task is not asyncio.current_task()] == []

    repo.write("a.py", "y\n")
    assert seen.paths == set()


async def test_where_the_system_gives_no_more_watches_it_is_polled(
    make_repo: MakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    real = watchfiles.awatch

    def limited(*paths: Path, force_polling: bool, poll_delay_ms: int, **rest: Any) -> Any:
        if not force_polling:
            raise OSError("OS file watch limit reached")
        return real(*paths, force_polling=True, poll_delay_ms=50, **rest)

    monkeypatch.setattr(watchfiles, "awatch", limited)
    repo = make_repo({"a.py": "x\n"})
    async with watching(repo.path) as (watcher, seen):
        os.utime(repo.write("a.py", "changed\n"), (2_000_000_000, 2_000_000_000))
        await seen.until(lambda: "a.py" in seen.paths)
        assert "once a second only: OS file watch limit reached" in watcher.notice


async def test_a_repository_that_goes_away(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    async with watching(repo.path) as (watcher, _):
        subprocess.run(["rm", "-rf", str(repo.path)], check=True)
        async with asyncio.timeout(60):
            await watcher.stop()
