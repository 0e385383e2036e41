"""What a store of one case's events can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from workbench.case.errors import ToldError
from workbench.case.events import Event
from workbench.engine.store.company import Company, Presence
from workbench.engine.store.snapshots import Snapshot

BLOB_LIMIT = 8 << 20
"""Bytes of a blob beyond which its middle is cut out, and marked."""


class StoreError(ToldError):
    """The store cannot be read or written now; the message says why."""


class UnreadableError(StoreError):
    """The case's file is no journal, is damaged or was written by a newer program: there is nothing to go on with."""


class WriteRefusedError(StoreError):
    """Who serves the case refuses what was to be written, for good."""


class Store(Protocol):
    """One case's events, blobs and snapshot. Synchronous; called from one thread at a time."""

    notice: str
    """What a person must know of this store, or the empty string."""

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Store the events that are not stored yet (by id), all or none, durably; gives each with its ``seq``.

        Sequence numbers run from 1 without a gap. An event that is stored already keeps the number it has.
        """
        ...

    def read(self, after: int, limit: int = 500) -> list[Event]:
        """Events above ``after``, in order."""
        ...

    def last(self) -> int:
        """The number of the newest event; 0 when there is none."""
        ...

    def load_snapshot(self) -> Snapshot | None:
        """The stored snapshot, or None."""
        ...

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store it in the place of the one before."""
        ...

    def put_blob(self, data: bytes) -> str:
        """Store bytes by content, at most BLOB_LIMIT of them; gives the SHA-256 of what is stored."""
        ...

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob. Raises KeyError."""
        ...

    def blob_names(self) -> list[str]:
        """The hash of every blob, in order."""
        ...

    def version(self) -> int:
        """A number that changes when somebody else wrote."""
        ...

    def beat(self, me: Presence, drive: bool) -> Company:
        """``me`` is here for EXPIRY seconds more; ``drive`` takes the wheel where it is free. Gives who is here."""
        ...

    def hand_over(self, giver: str, taker: str) -> Company:
        """Give the wheel to ``taker`` (empty: to nobody), where ``giver`` has it. Gives who is here."""
        ...

    def leave(self, who: str) -> None:
        """``who`` is gone, and the wheel free if it was theirs."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


def cut(data: bytes, limit: int = BLOB_LIMIT) -> bytes:
    """``data`` with its middle cut out and marked when it is longer than ``limit``."""
    if len(data) <= limit:
        return data
    head, tail = data[: limit - limit // 4 - 100], data[-(limit // 4) :]
    left_out = len(data) - len(head) - len(tail)
    return head + b"\n[cut here: %d of %d bytes are left out]\n" % (left_out, len(data)) + tail


def storable(text: str) -> str:
    """``text`` as every store can keep it: names from the system may hold lone surrogates, and NUL ends a text."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """JSON data with every text that is a key of ``names`` as its value: blobs that were stored under other names."""
    if isinstance(data, str):
        return names.get(data, data)
    if isinstance(data, Mapping):
        return {key: renamed(value, names) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [renamed(value, names) for value in data]
    return data
