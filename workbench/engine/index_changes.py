"""Change sets on git's index: staged and unstaged as one, taken back only where the entries are still ours."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Protocol

from workbench.analysis.diffs import Diff, encode_diff, format_diff, reversed_diff
from workbench.case.state import PatchRecord
from workbench.engine.file_states import RefusedError, checked_path
from workbench.engine.transaction import Vault

ABSENT = "0" * 40

Entries = dict[str, tuple[str, str]]
"""Path to mode and blob id of its entry; a path without one is not there."""


class Git(Protocol):
    """Runs git on the repository, guarded. Raises an error of its own when git fails."""

    async def __call__(self, *args: str, stdin: bytes = b"") -> bytes:
        """Standard output."""
        ...


class IndexChanges:
    """Applies diffs to the index. Git itself writes a new index and renames it, so that a kill leaves one or the other.

    Blobs that entries named before are kept in the vault too, because git may collect them once nothing names them.
    """

    def __init__(self, root: Path, git: Git, vault: Vault) -> None:
        self.root = root
        self.git = git
        self.vault = vault

    async def apply(self, diff: Diff, title: str, reverse: bool = False) -> PatchRecord:
        """Stage ``diff``, or unstage it with ``reverse``; all or nothing. Git's error rises where it does not fit."""
        diff = reversed_diff(diff) if reverse else diff
        paths = tuple(sorted({path for file in diff.files for path in (file.old_path, file.new_path)}))
        if not paths:
            raise RefusedError("the change is empty")
        for path in paths:
            checked_path(self.root, path)
        text = encode_diff(format_diff(diff))
        before = await self._entries(paths)
        await self.git("apply", "--cached", "--whitespace=nowarn", "-", stdin=text)
        after = await self._entries(paths)
        kept = {blob: self.vault.put(await self.git("cat-file", "blob", blob)) for _, blob in before.values()}
        kept |= {blob: self.vault.put(await self.git("cat-file", "blob", blob)) for _, blob in after.values()}
        snapshot = json.dumps({"index": True, "before": before, "after": after, "blobs": kept}).encode()
        return PatchRecord(secrets.token_hex(8), title, paths, self.vault.put(snapshot), self.vault.put(text))

    async def undo(self, record: PatchRecord) -> None:
        """Give the entries back as they were. Raises RefusedError when one is no longer what ``apply`` made it."""
        await self._move(record, "undo", "after", "before")

    async def redo(self, record: PatchRecord) -> None:
        """Stage again what was undone. Raises RefusedError when an entry changed since."""
        await self._move(record, "redo", "before", "after")

    async def _move(self, record: PatchRecord, verb: str, source: str, target: str) -> None:
        snapshot = json.loads(self.vault.get(record.snapshot))
        wanted = {path: (mode, blob) for path, (mode, blob) in snapshot[target].items()}
        expected = {path: (mode, blob) for path, (mode, blob) in snapshot[source].items()}
        now = await self._entries(record.paths)
        staged = [path for path in record.paths if now.get(path) != expected.get(path)]
        if staged:
            raise RefusedError(f"cannot {verb} “{record.title}”: staged anew since: {', '.join(staged)}")
        for _, blob in wanted.values():
            await self.git("hash-object", "-w", "--stdin", stdin=self.vault.get(snapshot["blobs"][blob]))
        lines = [f"{mode} {blob} 0\t{path}" for path, (mode, blob) in wanted.items()]
        lines += [f"0 {ABSENT}\t{path}" for path in record.paths if path not in wanted]
        await self.git("update-index", "-z", "--index-info", stdin=encode_diff("".join(f"{x}\0" for x in lines)))

    async def _entries(self, paths: tuple[str, ...]) -> Entries:
        """The entries of ``paths``. Raises RefusedError when one has conflicts."""
        out = await self.git("--literal-pathspecs", "ls-files", "-s", "-z", "--", *paths)
        found: Entries = {}
        for entry in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            facts, _, path = entry.partition("\t")
            mode, blob, stage = facts.split(" ")
            if stage != "0":
                raise RefusedError(f"{path} has merge conflicts")
            if path in paths:
                found[path] = (mode, blob)
        return found
