"""One watch over the files of a repository, serving everybody: what git ignores is never reported, nor watched, and
what an editor writes beside the file that it has open is not reported either."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.files import IGNORED, is_scratch, records
from workbench.engine.repo.repository import Repository

STEP = 6
"""Milliseconds without a change after which a batch is told, within 2.5 of them; it costs under 1 % of a core."""

LONGEST = 250
"""Milliseconds after which a batch is told although changes go on."""

POLL = 1000
"""Milliseconds between two looks where the system gives no more watches."""

MANY = 10_000
"""Paths of which it is remembered whether git ignores them."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed: ``paths`` repository-relative, ``elsewhere`` absolute in the other folders.

    ``rescan`` says that more may have changed than is named: folders came or went.
    """

    paths: frozenset[str] = frozenset()
    elsewhere: frozenset[Path] = frozenset()
    rescan: bool = False


Listener = Callable[[Changed], None]


class Watcher:
    """Watches every folder of the repository that git does not ignore, and the folders ``others`` (not what lies below
    them). Listeners are called on the loop. ``notice`` says what is amiss, if anything."""

    def __init__(self, repository: Repository, others: Sequence[Path] = ()) -> None:
        self._repository = repository
        self._root = repository.root
        self._others = tuple(path.resolve() for path in others)
        self._listeners: list[Listener] = []
        self._stop = asyncio.Event()
        self._watching = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._folders: frozenset[str] = frozenset()
        self._polling = False
        self._known_ignored: dict[str, bool] = {}
        self.notice = ""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` on every batch of changes; gives the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def start(self) -> None:
        """Begin; returns when changes from now on are seen, or ``notice`` says why they are not."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        watching = asyncio.ensure_future(self._watching.wait())
        await asyncio.wait([watching, self._task], return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()

    async def stop(self) -> None:
        """End the watch and wait until it is gone."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stop.is_set():
            self._known_ignored.clear()
            ignored = await self._ignored_folders()
            self._folders = await asyncio.to_thread(_folders, self._root, ignored)
            try:
                await self._watch()
            except FileNotFoundError as error:
                if not self._root.is_dir():
                    self.notice = f"files are not watched any more: {error}"
                    return
            except OSError as error:
                if self._polling:
                    self.notice = f"files are not watched: {error}"
                    return
                self.notice = f"files are looked at once a second only: {error}"
                self._polling = True

    async def _watch(self) -> None:
        """Until folders come or go, or the end. Raises OSError, FileNotFoundError when a folder is gone already."""
        from watchfiles import awatch

        batches = awatch(
            *(self._root / folder for folder in sorted(self._folders)),
            *(path for path in self._others if path.is_dir()),
            watch_filter=None,
            step=STEP,
            debounce=LONGEST,
            stop_event=self._stop,
            recursive=False,
            force_polling=self._polling,
            poll_delay_ms=POLL,
            ignore_permission_denied=True,
        )
        async with contextlib.aclosing(batches):
            batch = asyncio.ensure_future(anext(batches, None))
            await asyncio.sleep(0)
            if not batch.done():
                self._begun()
            while changes := await batch:
                if await self._tell(Path(path) for _, path in changes):
                    return
                batch = asyncio.ensure_future(anext(batches, None))

    def _begun(self) -> None:
        """The system watches from here on; what happened while folders were looked for is not known."""
        if self._watching.is_set():
            self._told(Changed(rescan=True))
        self._watching.set()

    async def _tell(self, places: Iterable[Path]) -> bool:
        """Tell the listeners; whether the folders are to be looked for anew."""
        inside: set[str] = set()
        elsewhere: set[Path] = set()
        for place in places:
            if place.parent in self._others:
                elsewhere.add(place)
            elif place.is_relative_to(self._root) and place != self._root:
                inside.add(place.relative_to(self._root).as_posix())
        looked_at = {path for path in inside if ".git" not in path.split("/") and not is_scratch(path)}
        paths = await self._not_ignored(looked_at)
        anew = any(self._is_news(path) for path in paths)
        if paths or elsewhere:
            self._told(Changed(frozenset(paths), frozenset(elsewhere), anew))
        return anew

    def _told(self, changed: Changed) -> None:
        for listener in tuple(self._listeners):
            listener(changed)

    def _is_news(self, path: str) -> bool:
        """Whether a folder came or went, or what is ignored may have changed."""
        place = self._root / path
        is_folder = place.is_dir() and not place.is_symlink()
        return path.endswith(".gitignore") or is_folder != (path in self._folders)

    async def _not_ignored(self, paths: set[str]) -> set[str]:
        if not self._repository.is_git:
            return {path for path in paths if not IGNORED.intersection(path.split("/"))}
        if len(self._known_ignored) > MANY:
            self._known_ignored.clear()
        fresh = paths - self._known_ignored.keys()
        if fresh:
            stdin = "".join(f"./{path}\0" for path in fresh).encode("utf-8", "surrogateescape")
            try:
                answer = await self._repository.git("check-ignore", "-z", "--stdin", stdin=stdin)
            except GitError:
                return paths
            found = {path.removeprefix("./") for path in records(answer)}
            self._known_ignored.update((path, path in found) for path in fresh)
        return {path for path in paths if not self._known_ignored[path]}

    async def _ignored_folders(self) -> frozenset[str]:
        args = ("ls-files", "-o", "-i", "--exclude-standard", "--directory", "-z")
        with contextlib.suppress(GitError):
            return frozenset(name.rstrip("/") for name in records(await self._repository.git(*args)))
        return frozenset()


def _folders(root: Path, ignored: frozenset[str]) -> frozenset[str]:
    """The folders to watch, the root as ``.``: not those that are ignored, linked, or repositories of their own."""
    found = {"."}
    for folder, folders, _ in os.walk(root):
        kept = []
        for name in folders:
            place = Path(folder) / name
            path = place.relative_to(root).as_posix()
            if name not in IGNORED and path not in ignored and not place.is_symlink() and not (place / ".git").exists():
                kept.append(name)
                found.add(path)
        folders[:] = kept
    return frozenset(found)
