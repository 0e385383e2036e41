"""A case that is served elsewhere, as a store: what is written goes there, what is read was mostly told already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.case.codec import decode
from workbench.case.events import Event
from workbench.engine.against import Wanted
from workbench.engine.store.base import StoreError, cut
from workbench.engine.store.company import Company, Presence
from workbench.engine.store.shelf import Stop
from workbench.engine.store.snapshots import Snapshot
from workbench.engine.together.change import Brought, asked, brought
from workbench.engine.together.link import Link
from workbench.engine.together.wire import WireError, events_of, listed, packed, text_of, unpacked


class RemoteStore:
    """Implements :class:`workbench.engine.store.base.Store` over a link; StoreError when that is lost."""

    def __init__(self, link: Link) -> None:
        self.notice = link.welcome.notice
        self._link = link
        self._me = ""

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Written by the serving side, which knows an event by its id: sent twice, it is stored once."""
        if not events:
            return []
        told = self._link.ask("append", events=listed(list(events)))
        seqs = told.get("seqs")
        if not isinstance(seqs, list) or len(seqs) != len(events):
            raise StoreError("the other side did not say what it stored")
        stored = [replace(event, seq=int(seq)) for event, seq in zip(events, seqs, strict=True)]
        self._link.log.add(stored)
        return stored

    def read(self, after: int, limit: int = 500) -> list[Event]:
        """From what was told, else asked for."""
        known = self._link.log.read(after, limit)
        if known is not None:
            return known
        try:
            found = events_of(self._link.ask("read", after=after, limit=limit))
        except WireError as error:
            raise StoreError(str(error)) from error
        self._link.log.add(found)
        return found

    def last(self) -> int:
        """The newest number that was told of."""
        return self._link.log.last

    def load_snapshot(self) -> Snapshot | None:
        """The one that came with the welcome."""
        return self._link.log.snapshot

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """The serving side makes its own."""

    def put_blob(self, data: bytes) -> str:
        """Kept by the serving side, of who has the wheel."""
        return str(self._link.ask("keep", data=packed(cut(data))).get("name", ""))

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob."""
        return self._bytes(self._link.ask("blob", name=name))

    def blob_names(self) -> list[str]:
        """Blobs are asked for by the names that events give: there is no list of them."""
        return []

    def version(self) -> int:
        """Another number when there is news. StoreError when the link is lost."""
        if not self._link.up:
            raise StoreError(self._link.why)
        return self._link.log.stamp

    def beat(self, me: Presence, drive: bool) -> Company:
        """Say that we are here."""
        self._me = me.id
        return self._company(self._link.ask("beat", looking=me.looking, wants=me.wants, drive=drive))

    def hand_over(self, giver: str, taker: str) -> Company:
        """Give the wheel on."""
        return self._company(self._link.ask("hand", to=taker))

    def leave(self, who: str) -> None:
        """We are gone."""
        self._link.ask("leave")

    def close(self) -> None:
        """The link outlives a store: it is the shelf's."""

    def code(self, path: str) -> bytes:
        """A file of the repository there, secrets masked. Raises KeyError."""
        return self._bytes(self._link.ask("code", path=path))

    def change(self, wanted: Wanted, known: tuple[str, str]) -> Brought:
        """The change there, secrets masked; without its patch where it leads between the trees ``known``. Raises
        KeyError where there is none."""
        try:
            return brought(self._link.ask("change", **asked(wanted, known)))
        except WireError as error:
            raise StoreError(f"the other side did not say what changed: {error}") from error

    def log(self) -> Mapping[str, bytes]:
        """By file, the log around what the case shows of it."""
        files = self._link.ask("log").get("files")
        return {str(name): _unpacked(data) for name, data in files.items()} if isinstance(files, dict) else {}

    def _bytes(self, told: Mapping[str, Any]) -> bytes:
        return _unpacked(told.get("data"))

    def _company(self, told: Mapping[str, Any]) -> Company:
        """Who is there, we ourselves by the id that this program gave itself."""
        try:
            people = [decode(Presence, each) for each in told["people"]]
            wheel = text_of(told, "wheel")
        except (WireError, ValueError, TypeError, KeyError) as error:
            raise StoreError(f"the other side did not say who is there: {error}") from error
        you = self._link.welcome.you
        mine = [replace(each, id=self._me) if each.id == you else each for each in people]
        return Company(self._me if wheel == you else wheel, tuple(mine))


class RemoteShelf:
    """Implements :class:`workbench.engine.store.shelf.Shelf` for the one case at the other end of ``link``."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def stamps(self) -> Mapping[str, int]:
        """The one case."""
        return {self.link.welcome.case: 0}

    def store(self, case: str) -> RemoteStore:
        """Over the link while it is up. Raises StoreError at once when it is not, and has it dialled meanwhile."""
        if not self.link.up:
            self.link.again()
            raise StoreError(self.link.barred or self.link.why)
        return RemoteStore(self.link)

    def follow(self, case: str, wake: Callable[[], None]) -> Stop:
        """By what is told."""
        self.link.woken = wake
        return self.link.close

    def read_cards(self) -> Mapping[str, tuple[int, str]]:
        """There is no index of one case."""
        return {}

    def write_cards(self, cards: Iterable[tuple[str, int, str]]) -> None:
        """None is kept."""


def _unpacked(data: object) -> bytes:
    try:
        return unpacked(data) if isinstance(data, str) else b""
    except WireError as error:
        raise StoreError(str(error)) from error
