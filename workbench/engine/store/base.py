"""What a store of one case's events can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workbench.case.events import Event
from workbench.case.state import CaseState


class StoreError(Exception):
    """The store cannot be read or written; the message says why and what to do."""


class Store(Protocol):
    """One case's events, blobs and snapshot. Synchronous; called from one thread at a time."""

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Store the events that are not stored yet (by id), in one transaction; gives them with their ``seq``."""
        ...

    def read(self, after: int, limit: int = 1000) -> list[Event]:
        """Events above ``after``, in order."""
        ...

    def load_snapshot(self) -> CaseState | None:
        """The stored snapshot, or None when there is none of this fold version."""
        ...

    def save_snapshot(self, state: CaseState) -> None:
        """Store ``state`` in the place of the snapshot before."""
        ...

    def put_blob(self, data: bytes) -> str:
        """Store bytes by content; gives their hash. More than BLOB_LIMIT is cut and marked."""
        ...

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob. Raises KeyError."""
        ...

    def version(self) -> int:
        """A number that changes when another process wrote."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
