"""Many files changed as one: whenever the program is killed, after recovery all of them are before or all after.

The order is what makes it so: contents into the vault, the intent on disk, new contents staged in a folder at the root,
the intent marked ready, renames. Before ``ready`` recovery takes away, after it recovery goes on to the end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from workbench.case.codec import decode, encode
from workbench.case.state import PatchRecord
from workbench.engine.file_states import FileState, RefusedError, checked_path, read_state, same, write_state

STAGED = ".workbench-"
"""How the folder at the root begins in which new contents wait to be put in place."""


class Vault(Protocol):
    """Keeps exact bytes on this machine, named by their hash."""

    def put(self, data: bytes, /) -> str:
        """Keep ``data``; its hash."""
        ...

    def get(self, digest: str, /) -> bytes:
        """The bytes named ``digest``. Raises KeyError when they are not on this machine."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One path from a state to another; None where there is no file."""

    path: str
    before: FileState | None
    after: FileState | None


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an interrupted or not yet journaled change came to.

    ``verb`` is apply, undo or redo; ``done`` says that it was made to the end (so that it must be journaled);
    ``conflicts`` are paths that somebody edited meanwhile, which were left alone.
    """

    record: PatchRecord
    verb: str
    done: bool
    conflicts: tuple[str, ...] = ()


class Transactions:
    """Carries out steps under ``root``; intents lie in ``folder``, outside of it, until :meth:`settle`."""

    def __init__(self, root: Path, vault: Vault, folder: Path) -> None:
        self.root = root
        self.vault = vault
        self.folder = folder

    def carry_out(self, record: PatchRecord, verb: str, steps: Sequence[Step]) -> None:
        """Change all or nothing. The intent stays for the journal: call :meth:`settle` when it is written there.

        Raises RefusedError when a file changed since ``before`` was read, or the file system said no.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        new_folders = _missing_folders(self.root, steps)
        intent = {
            "record": encode(record),
            "verb": verb,
            "root": str(self.root),
            "steps": encode_steps(self.vault, steps),
            "folders": new_folders,
            "ready": False,
            "done": False,
        }
        path = self._path(record.id)
        _write(path, intent)
        try:
            self._stage(record.id, steps)
            _write(path, intent := {**intent, "ready": True})
            self._check(steps)
            self._reach(record.id, steps)
        except (OSError, RefusedError) as error:
            self._reach(record.id, [Step(step.path, step.after, step.before) for step in steps], staged="back")
            self._sweep(record.id, new_folders)
            path.unlink()
            raise RefusedError(f"nothing was changed: {error}") from error
        self._sweep(record.id)
        _write(path, {**intent, "done": True})

    def settle(self, record_id: str) -> None:
        """The journal holds what was done: forget the intent."""
        self._path(record_id).unlink(missing_ok=True)

    def recover(self) -> list[Recovered]:
        """Bring every interrupted change to one of its ends; done before anything else after a start."""
        found: list[Recovered] = []
        for path in sorted(self.folder.glob("*.intent")):
            intent = json.loads(path.read_text())
            if intent["root"] != str(self.root):
                continue
            record = decode(PatchRecord, intent["record"])
            steps = decode_steps(self.vault, intent["steps"])
            if intent["ready"]:
                conflicts = () if intent["done"] else self._reach(record.id, steps)
                self._sweep(record.id)
            else:
                conflicts = ()
                self._sweep(record.id, intent["folders"])
                path.unlink()
            found.append(Recovered(record, intent["verb"], intent["ready"], conflicts))
        return found

    def _path(self, record_id: str) -> Path:
        return self.folder / f"{record_id}.intent"

    def _staging(self, record_id: str) -> Path:
        """Where new contents wait: on the file system of the tree, so that a rename puts them in place."""
        return self.root / f"{STAGED}{record_id}"

    def _stage(self, record_id: str, steps: Sequence[Step]) -> None:
        staging = self._staging(record_id)
        staging.mkdir()
        for number, step in enumerate(steps):
            if step.after is not None:
                write_state(staging / str(number), step.after)
        _sync([staging])

    def _check(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if not same(read_state(self.root, step.path), step.before):
                raise RefusedError(f"{step.path} changed meanwhile")

    def _reach(self, record_id: str, steps: Sequence[Step], staged: str = "") -> tuple[str, ...]:
        """Bring every path that is at ``before`` to ``after``; those at neither are left, and given back.

        Deletions come first, because a file may become a folder and a folder a file.
        """
        now = [read_state(self.root, step.path) for step in steps]
        due = [
            (number, step)
            for number, step in enumerate(steps)
            if not same(now[number], step.after) and same(now[number], step.before)
        ]
        for _, step in due:
            if step.after is None:
                checked_path(self.root, step.path).unlink()
                _prune(self.root, step.path)
        for number, step in due:
            if step.after is not None:
                ready = self._staging(record_id) / f"{staged}{number}"
                if not os.path.lexists(ready):
                    ready.parent.mkdir(exist_ok=True)
                    write_state(ready, step.after)
                place = checked_path(self.root, step.path)
                place.parent.mkdir(parents=True, exist_ok=True)
                ready.replace(place)
        _sync({checked_path(self.root, step.path).parent for step in steps})
        settled = zip(steps, now, strict=True)
        return tuple(s.path for s, at in settled if not same(at, s.before) and not same(at, s.after))

    def _sweep(self, record_id: str, folders: Iterable[str] = ()) -> None:
        staging = self._staging(record_id)
        with suppress(FileNotFoundError):
            for left in staging.iterdir():
                left.unlink()
            staging.rmdir()
        for folder in folders:
            with suppress(OSError):
                (self.root / folder).rmdir()


def encode_steps(vault: Vault, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The JSON form of steps, their contents in the vault."""

    def state(of: FileState | None) -> dict[str, Any] | None:
        return None if of is None else {"content": vault.put(of.data), "link": of.link, "perm": of.perm}

    return [{"path": step.path, "before": state(step.before), "after": state(step.after)} for step in steps]


def decode_steps(vault: Vault, data: Iterable[dict[str, Any]]) -> list[Step]:
    """The steps that :func:`encode_steps` wrote."""

    def state(of: dict[str, Any] | None) -> FileState | None:
        return None if of is None else FileState(vault.get(of["content"]), of["link"], of["perm"])

    return [Step(step["path"], state(step["before"]), state(step["after"])) for step in data]


def _write(path: Path, intent: dict[str, Any]) -> None:
    """Replace the intent in one go, on disk when this returns."""
    temporary = path.with_suffix(".new")
    with temporary.open("w") as file:
        json.dump(intent, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync([path.parent])


def _sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _missing_folders(root: Path, steps: Iterable[Step]) -> list[str]:
    """Folders that the steps will make, deepest first."""
    missing: set[str] = set()
    for step in steps:
        parts = step.path.split("/")[:-1]
        missing.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return sorted((folder for folder in missing if not (root / folder).exists()), key=len, reverse=True)


def _prune(root: Path, path: str) -> None:
    """Remove the folders that a deletion left empty, as git does."""
    folder = (root / path).parent
    with suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent
