"""A disk that is full, read-only, taken away or damaged: said, worked around in memory, and nothing lost silently."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.disks import disk as disk
from tests.disks import fill
from workbench.case.events import Event, new_event
from workbench.case.state import CaseState
from workbench.engine.store import ledger
from workbench.engine.store.base import StoreError, UnreadableError
from workbench.engine.store.connection import SCHEMA
from workbench.engine.store.filesystems import filesystem, is_network
from workbench.engine.store.journal import Journal
from workbench.engine.store.sqlite import SqliteStore


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process grows beyond ``size`` bytes: the full disk of those who may not mount."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def note(text: str) -> Event:
    return new_event("note.added", "ann", {"text": text})


def texts(state: CaseState) -> list[str]:
    return [entry.text.removeprefix("note: ") for entry in state.timeline]


async def opened(path: Path) -> Journal:
    return await Journal.open(lambda: SqliteStore(path))


async def told(journal: Journal, notice: Callable[[str], bool]) -> None:
    """Return when the notice is so."""
    changed = asyncio.Event()
    stop = journal.subscribe(lambda state, events: changed.set() if notice(journal.notice) else None)
    if not notice(journal.notice):
        await asyncio.wait_for(changed.wait(), 60)
    stop()


async def test_a_full_disk_is_said_and_what_came_meanwhile_is_written_when_there_is_room(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY", 0.0)
    journal = await opened(disk / "case.sqlite")
    await journal.append(note("before"))
    filler = fill(disk)
    await journal.append(note("a" * 200_000))
    assert "disk is full" in journal.notice
    assert "only in memory" in journal.notice
    name = await journal.put_blob(b"output" * 100)
    await journal.append(note("during"))
    assert texts(journal.state) == ["before", "a" * 200_000, "during"]
    assert len(await journal.events()) == 3
    filler.unlink()
    await told(journal, lambda notice: "saved again" in notice)
    await journal.append(note("after"))
    await journal.close()
    journal = await opened(disk / "case.sqlite")
    assert texts(journal.state) == ["before", "a" * 200_000, "during", "after"]
    assert await journal.get_blob(name) == b"output" * 100
    assert journal.notice == ""
    await journal.close()


async def test_a_file_that_cannot_grow_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "case.sqlite"
    journal = await opened(path)
    await journal.append(note("before"))
    size = (tmp_path / "case.sqlite-wal").stat().st_size
    with files_of_at_most(size):
        await journal.append(note("a" * 200_000), note("b"))
        assert "only in memory" in journal.notice
        assert texts(journal.state) == ["before", "a" * 200_000, "b"]
    await journal.append(note("c"))
    await journal.close()
    journal = await opened(path)
    assert texts(journal.state) == ["before", "a" * 200_000, "b", "c"], "closing tried once more"
    await journal.close()


async def test_a_disk_without_room_for_a_new_case_works_in_memory(disk: Path) -> None:
    fill(disk)
    journal = await opened(disk / "case.sqlite")
    assert "Working in memory" in journal.notice
    await journal.append(note("kept in memory"))
    assert texts(journal.state) == ["kept in memory"]
    await journal.close()


async def test_a_read_only_folder_shows_the_case_and_takes_notes_in_memory(disk: Path) -> None:
    path = disk / "cases" / "case.sqlite"
    journal = await opened(path)
    await journal.append(note("before"))
    name = await journal.put_blob(b"output")
    await journal.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    journal = await opened(path)
    assert "cannot be written" in journal.notice
    await journal.append(note("here only"))
    assert texts(journal.state) == ["before", "here only"]
    assert await journal.get_blob(name) == b"output"
    await journal.close()
    new = await opened(disk / "cases" / "new.sqlite")
    assert "Working in memory" in new.notice
    await new.append(note("x"))
    await new.close()


async def test_what_a_kill_left_in_the_log_shows_in_a_read_only_folder(disk: Path) -> None:
    path = disk / "case.sqlite"
    pid = os.fork()
    if pid == 0:
        SqliteStore(path).append([note("in the log")])
        os._exit(0)
    os.waitpid(pid, 0)
    assert path.with_name("case.sqlite-wal").stat().st_size > 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    journal = await opened(path)
    assert texts(journal.state) == ["in the log"]
    await journal.close()


async def test_a_file_that_is_deleted_while_open_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY", 0.0)
    path = tmp_path / "case.sqlite"
    journal = await opened(path)
    await journal.append(note("before"))
    for name in ("case.sqlite", "case.sqlite-wal", "case.sqlite-shm"):
        (tmp_path / name).unlink()
    await journal.append(note("after"))
    await told(journal, lambda notice: "saved again" in notice)
    await journal.close()
    journal = await opened(path)
    assert texts(journal.state) == ["before", "after"]
    await journal.close()


async def test_a_damaged_or_foreign_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.sqlite"
    foreign.write_bytes(b"not a database, but long enough to be looked at as one. " * 50)
    newer = tmp_path / "newer.sqlite"
    with closing(sqlite3.connect(newer)) as db:
        db.execute(f"PRAGMA user_version={SCHEMA + 1}")
    for path, why in ((foreign, "not a case"), (newer, "newer workbench")):
        before = path.read_bytes()
        with pytest.raises(UnreadableError, match=why):
            await opened(path)
        assert path.read_bytes() == before


async def test_another_program_that_holds_the_lock_is_waited_out_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY", 0.0)
    monkeypatch.setattr("workbench.engine.store.connection.WAIT", 0.05)
    path = tmp_path / "case.sqlite"
    journal = await opened(path)
    await journal.append(note("before"))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        await journal.append(note("during"))
        assert "keeps it locked" in journal.notice
        db.execute(
            "INSERT INTO event (id, at, actor, kind, v, run, data)"
            " SELECT 'theirs', at, 'bob', kind, v, run, '{\"text\": \"theirs\"}' FROM event"
        )
        db.execute("COMMIT")
    await told(journal, lambda notice: "saved again" in notice)
    assert texts(journal.state) == ["before", "theirs", "during"]
    await journal.close()


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data" / "case.sqlite")
    store.append([note("x")])
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()} == {0o600}
    store.close()


def test_an_interrupted_making_of_the_file_is_made_good(tmp_path: Path) -> None:
    path = tmp_path / "case.sqlite"
    path.touch()
    store = SqliteStore(path)
    assert store.append([note("x")])[0].seq == 1
    store.close()


def test_on_a_network_file_system_there_is_no_write_ahead_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = SqliteStore(tmp_path / "case.sqlite")
    local.append([note("before")])
    local.close()
    monkeypatch.setattr("workbench.engine.store.connection.filesystem", lambda folder: "nfs4")
    store = SqliteStore(tmp_path / "case.sqlite")
    assert "network file system" in store.notice
    assert [event.seq for event in store.append([note("after")])] == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["case.sqlite"]
    store.close()


def test_the_deepest_mount_tells_the_file_system() -> None:
    mounts = "\n".join(
        [
            "/dev/a / ext4 rw 0 0",
            "host:/x /mnt/share nfs4 rw 0 0",
            "bob@h: /mnt/my\\040files fuse.sshfs rw 0 0",
            "tmpfs /mnt/share/local tmpfs rw 0 0",
        ]
    )
    kinds = {
        "/home/ann": "ext4",
        "/mnt/share/cases": "nfs4",
        "/mnt/shared": "ext4",
        "/mnt/my files/x": "fuse.sshfs",
        "/mnt/share/local/x": "tmpfs",
    }
    assert {folder: filesystem(Path(folder), mounts) for folder in kinds} == kinds
    assert [is_network(kind) for kind in kinds.values()] == [False, True, False, True, False]


def test_a_store_says_why_it_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        SqliteStore(tmp_path / "file" / "case.sqlite")
