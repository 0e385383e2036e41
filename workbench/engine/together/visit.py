"""A visit: a case that was joined without a checkout of its repository. What it shows is brought as it is looked at."""

from __future__ import annotations

import shutil
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workbench.case.enums import Role
from workbench.engine.against import Sides, Wanted
from workbench.engine.store.base import StoreError
from workbench.engine.together.change import Brought
from workbench.engine.together.link import Link
from workbench.engine.together.remote import RemoteShelf, RemoteStore


@dataclass(frozen=True)
class Visit:
    """``folder`` stands for the repository: files of it appear there, secrets masked, when they are brought; or it is a
    ``checkout`` of our own, and nothing is. ``room`` is a folder for what is brought."""

    link: Link
    folder: Path
    room: Path
    checkout: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def shelf(self) -> RemoteShelf:
        """Where the case is."""
        return RemoteShelf(self.link)

    @property
    def name(self) -> str:
        """Who we are there."""
        return self.link.welcome.name

    @property
    def readonly(self) -> str:
        """A viewer writes nothing."""
        return "you are here as a viewer, who reads" if self.link.welcome.role is Role.VIEWER else ""

    @property
    def masked(self) -> int:
        """How many places are masked for us, in the case and in what was brought of it."""
        return self.link.masked

    @property
    def barred(self) -> str:
        """Without a checkout there is nothing to execute on."""
        return "" if self.checkout else "you joined without the repository: what executes, executes where it is"

    def bring(self, path: str) -> None:
        """Have ``path`` in the folder, if there is such a file and the link is up. Blocking."""
        parts = PurePosixPath(path)
        if self.checkout or not path or parts.is_absolute() or ".." in parts.parts:
            return
        target = self.folder / parts
        with self._lock, suppress(KeyError, StoreError, OSError):
            if not target.exists():
                data = RemoteStore(self.link).code(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)

    def bring_change(self, wanted: Wanted, known: tuple[str, str]) -> Brought:
        """The change as it is there, without its patch where it leads between the trees ``known``. Blocking; why it
        cannot be had is its problem."""
        try:
            return RemoteStore(self.link).change(wanted, known)
        except (KeyError, StoreError) as error:
            why = str(error) if isinstance(error, StoreError) else "there is no git repository there"
            return Brought(Sides("", "", "", "", ""), None, f"the change cannot be seen now: {why}")

    def bring_log(self) -> list[str]:
        """Have the log around what the case shows beside the folder; gives the files. Blocking."""
        made: list[str] = []
        with suppress(KeyError, StoreError, OSError):
            for number, (name, data) in enumerate(sorted(RemoteStore(self.link).log().items())):
                file = self.room / "log" / str(number) / (PurePosixPath(name).name or "log")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                made.append(str(file))
        return made

    def forget(self) -> None:
        """What was brought of the repository is not true any more."""
        if self.checkout:
            return
        with self._lock:
            for each in self.folder.iterdir():
                shutil.rmtree(each, ignore_errors=True)
                with suppress(OSError):
                    each.unlink()

    def end(self) -> None:
        """Let go of the link and of what was brought."""
        self.link.close()
        shutil.rmtree(self.room, ignore_errors=True)


def visit(link: Link, cache: Path, repository: str, checkout: Path | None = None) -> Visit:
    """A visit over a link that is open; without a checkout the folder has the name of the repository there."""
    cache.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="joined-", dir=cache))
    if checkout is not None:
        return Visit(link, checkout, room, True)
    folder = room / (PurePosixPath(repository).name or "repository")
    folder.mkdir()
    return Visit(link, folder, room)
