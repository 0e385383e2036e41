"""Change sets on the working tree, applied and taken back one by one: atomic, kept in the vault, never forced."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

from workbench.analysis.diffs import Diff, FileDiff, FileStatus, apply_file, encode_diff, format_diff
from workbench.case.state import PatchRecord
from workbench.engine.file_states import FileState, RefusedError, read_state, same
from workbench.engine.transaction import Recovered, Step, Transactions, Vault, decode_steps, encode_steps

LINK, SUBMODULE = "120000", "160000"


class Changes:
    """Change sets on the working tree at ``root``; ``folder`` is where intents lie, outside of the repository.

    Its methods block on files: call them off the loop, one at a time, under the driver's lease. After each the caller
    journals the record and then calls :meth:`settle`; what a kill left in between comes out of :meth:`recover`.
    """

    def __init__(self, root: Path, vault: Vault, folder: Path) -> None:
        self.root = root
        self.vault = vault
        self._transactions = Transactions(root, vault, folder)

    def apply(self, diff: Diff, title: str) -> PatchRecord:
        """Apply all of ``diff`` or nothing. Raises ConflictError where it does not fit, RefusedError where it must not.

        The record's ``snapshot`` names, in the vault, every touched path before and after; ``patch`` the diff's text.
        """
        steps = planned(self.root, diff)
        if not steps:
            raise RefusedError("the change is empty")
        record = PatchRecord(
            id=secrets.token_hex(8),
            title=title,
            paths=tuple(step.path for step in steps),
            snapshot=self.vault.put(json.dumps(encode_steps(self.vault, steps)).encode()),
            patch=self.vault.put(encode_diff(format_diff(diff))),
        )
        self._transactions.carry_out(record, "apply", steps)
        return record

    def undo(self, record: PatchRecord) -> None:
        """Make every path what it was before. Raises RefusedError, touching nothing, when one was edited since."""
        back = [Step(step.path, step.after, step.before) for step in self._kept(record)]
        self._carry_out(record, "undo", back)

    def redo(self, record: PatchRecord) -> None:
        """Apply an undone record again. Raises RefusedError, touching nothing, when a path was edited since."""
        self._carry_out(record, "redo", self._kept(record))

    def settle(self, record: PatchRecord) -> None:
        """What was done to ``record`` is in the journal."""
        self._transactions.settle(record.id)

    def recover(self) -> list[Recovered]:
        """Finish or take back what a kill interrupted; what came to be done is to be journaled and settled."""
        return self._transactions.recover()

    def _kept(self, record: PatchRecord) -> list[Step]:
        try:
            return decode_steps(self.vault, json.loads(self.vault.get(record.snapshot)))
        except KeyError as error:
            raise RefusedError(f"the snapshot of “{record.title}” is not on this machine") from error

    def _carry_out(self, record: PatchRecord, verb: str, steps: Sequence[Step]) -> None:
        edited = [step.path for step in steps if not same(read_state(self.root, step.path), step.before)]
        if edited:
            raise RefusedError(f"cannot {verb} “{record.title}”: edited since: {', '.join(edited)}")
        self._transactions.carry_out(record, verb, steps)


def planned(root: Path, diff: Diff) -> list[Step]:
    """The steps that ``diff`` means for the files under ``root`` as they are now.

    Raises ConflictError where it does not fit, RefusedError where a change must not write.
    """
    before: dict[str, FileState | None] = {}
    for file in diff.files:
        for path in (file.old_path, file.new_path):
            before[path] = read_state(root, path)
    leaving = {f.old_path for f in diff.files if f.status in (FileStatus.DELETED, FileStatus.RENAMED)}
    after: dict[str, FileState | None] = dict.fromkeys(leaving)
    for file in diff.files:
        if file.status is FileStatus.DELETED:
            _after(file, before[file.old_path])
        else:
            _check_target(file, before, leaving)
            after[file.new_path] = _after(file, None if file.status is FileStatus.ADDED else before[file.old_path])
    return [Step(path, before[path], state) for path, state in after.items() if not same(before[path], state)]


def _check_target(file: FileDiff, before: dict[str, FileState | None], leaving: set[str]) -> None:
    new = file.status in (FileStatus.ADDED, FileStatus.RENAMED, FileStatus.COPIED)
    if new and before[file.new_path] is not None and file.new_path not in leaving:
        raise RefusedError(f"{file.new_path} is there already")


def _after(file: FileDiff, before: FileState | None) -> FileState | None:
    """What one file becomes."""
    if SUBMODULE in (file.old_mode, file.new_mode):
        raise RefusedError(f"{file.path} is a submodule")
    if before is not None and before.link != (file.old_mode == LINK) and file.old_mode:
        raise RefusedError(f"{file.old_path} is a symbolic link in one and a file in the other")
    data = apply_file(None if before is None else before.data, file)
    if data is None:
        return None
    mode = file.new_mode if file.mode_changed or before is None else ""
    if mode == LINK or (before is not None and before.link and not mode):
        return FileState(data, link=True)
    perm = before.perm if before is not None and not before.link else 0o644
    if mode:
        perm = perm | (perm & 0o444) >> 2 if mode == "100755" else perm & ~0o111
    return FileState(data, perm=perm)
