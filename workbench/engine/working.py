"""The change on the working tree: computed off the loop whenever files change, taken apart hunk by hunk on request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from workbench.analysis.diffs import Diff, Selection, parsed, reversed_diff, subset
from workbench.api import Chunk
from workbench.case.codec import encode
from workbench.case.errors import GitError
from workbench.case.events import new_event
from workbench.case.state import PatchRecord
from workbench.engine.against import Sides, Wanted, sides
from workbench.engine.changes import Changes
from workbench.engine.file_states import RefusedError
from workbench.engine.notices import Notice
from workbench.engine.opening import working_tree
from workbench.engine.options import Visit
from workbench.engine.process.call import Priority
from workbench.engine.proof.change import NoChangeError
from workbench.engine.repo.trees import NO_TREE, Trees
from workbench.engine.services import Services
from workbench.engine.store.vault import Vault
from workbench.engine.transaction import Recovered

LARGEST = 16 << 20
"""Bytes of a diff that is still shown."""


class WorkingChange:
    """``diff`` is what ``wanted`` asks for: from the commit ``base`` to ``tree``, the files as they were looked at
    last, unless another view was chosen. ``problem`` says why there is none, ``differs`` whether anything changed since
    the base, ``paths`` what, whatever is shown. ``changed`` is called when one of them is another.
    """

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._due = False
        self._busy = False
        self._key: tuple[str, str, str, Wanted] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._recovered = False
        self.wanted = Wanted()
        self.base = ""
        self.tree = NO_TREE
        self.diff = Diff()
        self.differs = False
        self.paths: tuple[str, ...] = ()
        visit = services.options.visit
        self._visit = visit if visit is not None and not visit.checkout else None
        seen = services.trees is not None or self._visit is not None
        self.problem = "" if seen else "this folder is no git repository: there is no change to show"
        self.notices: list[Notice] = []
        data = services.options.data
        self._changes = Changes(services.repository.root, Vault(data / "vault"), data / "intents")

    def refresh(self) -> None:
        """Files may have changed: look again, soon, in a job."""
        self._due = True
        if not self._busy and (self._services.trees is not None or self._visit is not None):
            self._busy = True
            self._services.jobs.start("change", self._look())

    def want(self, wanted: Wanted) -> None:
        """Make the diff with other settings."""
        self.wanted = wanted
        self.refresh()

    async def take_out(self, part: Selection, diff: Diff, title: str) -> PatchRecord:
        """Take ``part`` of ``diff`` out of the files. Raises ConflictError or RefusedError, and nothing is changed."""
        return await self.apply(reversed_diff(subset(diff, part, reverse=True)), title)

    async def apply(self, diff: Diff, title: str) -> PatchRecord:
        """Apply ``diff`` to the files, the state before kept in the vault. Raises ConflictError or RefusedError."""
        async with self._one_at_a_time:
            self._drives()
            record = await asyncio.to_thread(self._changes.apply, diff, title)
            await self._settle(record, "apply")
        self.refresh()
        return record

    async def undo(self, record: PatchRecord) -> None:
        """Make every path of ``record`` what it was before. Raises RefusedError when one was edited since."""
        async with self._one_at_a_time:
            self._drives()
            await asyncio.to_thread(self._changes.undo, record)
            await self._settle(record, "undo")
        self.refresh()

    async def redo(self, record: PatchRecord) -> None:
        """Do again what was undone. Raises RefusedError when a path was edited since."""
        async with self._one_at_a_time:
            self._drives()
            await asyncio.to_thread(self._changes.redo, record)
            await self._settle(record, "redo")
        self.refresh()

    def _drives(self) -> None:
        if why := self._services.wheel.why_not:
            raise RefusedError(why)

    async def read(self, path: str) -> str:
        """A file as it is in ``tree``, bytes that are no UTF-8 as surrogates. Raises GitError when it is not there."""
        trees = self._services.trees
        data = await asyncio.to_thread(trees.read, self.tree, path) if trees is not None else None
        if data is None:
            raise GitError(("cat-file", path), 128, f"{path} is not there any more")
        return data.decode("utf-8", "surrogateescape")

    async def _settle(self, record: PatchRecord, verb: str) -> None:
        kind = "patch.applied" if verb == "apply" else "patch.undone"
        told = {"patch": record.id, "undone": verb == "undo"}
        data = {"patch": encode(replace(record, undone=False))} if verb == "apply" else told
        await self._services.journal.append(new_event(kind, self._services.options.actor, data))
        await asyncio.to_thread(self._changes.settle, record)

    async def _look(self) -> None:
        try:
            if not self._recovered and not self._services.journal.readonly_reason and not self._services.wheel.why_not:
                self._recovered = True
                await self._recover()
            while self._due:
                self._due = False
                await self._renew()
        finally:
            self._busy = False

    async def _recover(self) -> None:
        """What a kill left in between is brought to its end, journaled and said."""
        for found in await asyncio.to_thread(self._changes.recover):
            if found.done:
                await self._settle(found.record, found.verb)
            self.notices.append(_told(found))

    async def _renew(self) -> None:
        wanted, trees = self.wanted, self._services.trees
        if self._visit is not None:
            await self._bring(self._visit, wanted)
            return
        assert trees is not None
        try:
            found = await asyncio.to_thread(self._read, trees, wanted)
        except (NoChangeError, GitError, OSError) as error:
            found = None
            self._key, self.diff, self.differs, self.problem = None, Diff(), False, str(error)
            self.tree = await working_tree(self._services)
            self._changed()
        if found is None:
            return
        await self._show(*found[:2], wanted, found[2])

    async def _bring(self, visit: Visit, wanted: Wanted) -> None:
        """The change as it is where the repository is; what was seen of it stays while the link is lost."""
        same = self._key is not None and self._key[3] == wanted
        known = self._key[:2] if self._key is not None and same else ("", "")
        found = await asyncio.to_thread(visit.bring_change, wanted, known)
        if found.patch is not None:
            await self._show(found.sides, found.patch, wanted)
        elif found.problem != self.problem or found.sides.tree not in ("", self.tree):
            self.problem = found.problem
            self.tree = found.sides.tree or self.tree
            self._changed()

    async def _show(self, both: Sides, patch: bytes, wanted: Wanted, paths: tuple[str, ...] = ()) -> None:
        self.tree = both.tree
        self._key = (both.old, both.new, both.tree, wanted)
        if len(patch) > LARGEST:
            diff, problem = Diff(), f"the change is too large to show: {len(patch) >> 20} MB"
        else:
            (diff,) = await self._services.pool.run_chunk(Chunk(parsed, (patch,)), Priority.INTERACTIVE)
            problem = ""
        self.base, self.diff, self.problem = both.base, diff, problem
        self.differs = both.base_tree != both.tree
        self.paths = paths or tuple(file.path for file in self.diff.files)
        self._changed()

    def _read(self, trees: Trees, wanted: Wanted) -> tuple[Sides, bytes, tuple[str, ...]] | None:
        """Both sides, the patch between, and what changed since the base where that is something else; None when
        nothing is new. Blocking."""
        found = sides(self._services.repository.facts, trees, self._services.journal.state.base, wanted)
        if (found.old, found.new, found.tree, wanted) == self._key:
            return None
        whole = (found.old, found.new) == (found.base_tree, found.tree)
        paths = () if whole else tuple(each.path for each in trees.changed(found.base_tree, found.tree))
        return found, trees.diff(found.old, found.new, *wanted.options), paths


def _told(found: Recovered) -> Notice:
    end = "was carried to its end" if found.done else "was taken back"
    kept = f"left alone, because edited since: {', '.join(found.conflicts)}" if found.conflicts else "no edit was lost"
    todo = "look at the change (2, 6)" if found.conflicts or not found.done else "z takes it back"
    return Notice(f"{found.verb} of “{found.record.title}” was interrupted and {end}", kept, todo)
