"""Where cases stand, each under its id: files in a folder of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from workbench.engine.store.base import Store
from workbench.engine.store.cards import CardIndex
from workbench.engine.store.sqlite import SqliteStore
from workbench.engine.store.waking import on_write

Stop = Callable[[], None]


class Shelf(Protocol):
    """The cases of one place, and an index of cards that can be made anew. StoreError from every method."""

    def stamps(self) -> Mapping[str, int]:
        """Each case by id, with a number that is another one when the case changed."""
        ...

    def store(self, case: str) -> Store:
        """The store of a case, there or not."""
        ...

    def follow(self, case: str, wake: Callable[[], None]) -> Stop:
        """Call ``wake``, from any thread, soon after somebody wrote to the case; gives the way to stop."""
        ...

    def read_cards(self) -> Mapping[str, tuple[int, str]]:
        """The index: id to stamp and JSON."""
        ...

    def write_cards(self, cards: Iterable[tuple[str, int, str]]) -> None:
        """Write cards in the place of those before."""
        ...


class FolderShelf:
    """One SQLite file per case in ``data/cases``."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "cases"
        index = CardIndex(data / "cases.sqlite")
        self.read_cards = index.read
        self.write_cards = index.write

    def path(self, case: str) -> Path:
        """The file of a case."""
        return self._folder / f"{case}.sqlite"

    def stamps(self) -> Mapping[str, int]:
        """By when each file was last written."""
        return {path.stem: _stamp(path) for path in sorted(self._folder.glob("*.sqlite"))}

    def store(self, case: str) -> SqliteStore:
        """The file, opened."""
        return SqliteStore(self.path(case))

    def follow(self, case: str, wake: Callable[[], None]) -> Stop:
        """By the kernel, which tells of every write; the journal looks every second, too."""
        return on_write(self._folder, f"{case}.sqlite", wake)


def _stamp(path: Path) -> int:
    """When the file or the log beside it was last written, in nanoseconds; 0 when it is not there."""
    times = []
    for name in (path, path.with_name(f"{path.name}-wal")):
        try:
            times.append(name.stat().st_mtime_ns)
        except OSError:
            continue
    return max(times, default=0)
