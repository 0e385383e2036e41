"""A case as one file: JSON lines with its events and shareable blobs, masked once more and without e-mail addresses;
the vault is never in it.

The first line says what it is, the last one how many lines stand between, their SHA-256, so that a file that was cut is
told from a whole one, and how many secrets and addresses were masked for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workbench.analysis.redact import redact_bytes, redact_data
from workbench.case.codec import encode
from workbench.case.errors import ToldError
from workbench.case.events import MASKED, Event
from workbench.engine.store.base import BLOB_LIMIT, Store, renamed
from workbench.engine.store.seam import counted

SCHEMA = 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ExchangeError(ToldError, ValueError):
    """A file that is no whole exported case, or one that does not go with the case that is here."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a file holds."""

    case: str
    events: tuple[Event, ...]
    blobs: tuple[bytes, ...]


def exported(case: str, store: Store, told: Callable[[int], None] = lambda masked: None) -> Iterator[str]:
    """The lines of the file, without their ends; ``told`` hears how many secrets and addresses were masked for it.

    Raises StoreError.
    """
    yield _json({"workbench": "case", "schema": SCHEMA, "case": case})
    count, mark, masked = 0, hashlib.sha256(), list[int]()
    for line in _body(store, masked):
        count += 1
        mark.update(line.encode())
        yield line
    yield _json({"lines": count, "sha256": mark.hexdigest(), MASKED: sum(masked)})
    told(sum(masked))


def _body(store: Store, counts: list[int]) -> Iterator[str]:
    """The blobs and events; how many were masked in each is added to ``counts``."""
    names = dict[str, str]()
    for name in store.blob_names():
        data, masked = redact_bytes(store.get_blob(name), emails=True)
        counts.append(masked)
        if masked:
            names[name] = hashlib.sha256(data).hexdigest()
        yield _json({"blob": names.get(name, name), "data": base64.b64encode(data).decode()})
    after = 0
    while batch := store.read(after):
        after = batch[-1].seq
        for event in batch:
            clean, masked = redact_data(event.data, emails=True)
            counts.append(masked)
            told = counted(replace(event, data=clean), masked).data
            yield _json({**encode(replace(event, data={})), "data": renamed(told, names) if names else told})


def read(lines: Iterable[str]) -> Carried:
    """What the lines of a file say. Raises ExchangeError for anything but a whole exported case."""
    try:
        return _read([line.rstrip("\n") for line in lines])
    except ExchangeError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise ExchangeError(f"this is no exported case: {type(error).__name__}: {error}") from error


def _read(lines: list[str]) -> Carried:
    head: Any = json.loads(lines[0]) if lines else {}
    if not isinstance(head, dict) or head.get("workbench") != "case" or not _ID.fullmatch(str(head.get("case"))):
        raise ExchangeError("this is no exported case")
    if head["schema"] != SCHEMA:
        raise ExchangeError(f"it was exported by a newer workbench (schema {head['schema']})")
    end: Any = json.loads(lines[-1])
    body = lines[1:-1]
    mark = hashlib.sha256("".join(body).encode()).hexdigest()
    if not isinstance(end, dict) or (end.get("lines"), end.get("sha256")) != (len(body), mark):
        raise ExchangeError("the file is cut or was changed after it was exported: export it again")
    told = [json.loads(line) for line in body]
    blobs = [base64.b64decode(each["data"], validate=True) for each in told if "blob" in each]
    events = [_event(each) for each in told if "blob" not in each]
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        raise ExchangeError("its events are not numbered from 1 without a gap")
    if any(len(data) > BLOB_LIMIT for data in blobs):
        raise ExchangeError("a blob in it is larger than any that is kept")
    return Carried(head["case"], tuple(events), tuple(blobs))


def _event(told: dict[str, Any]) -> Event:
    at = datetime.fromisoformat(told["at"])
    if at.tzinfo is None or not isinstance(told["data"], dict):
        raise ExchangeError(f"event {told['seq']} has no time with a zone, or no data")
    texts = [str(told[name]) for name in ("id", "actor", "kind", "run")]
    data, masked = redact_data(told["data"])
    return counted(Event(texts[0], int(told["seq"]), at, texts[1], texts[2], int(told["v"]), data, texts[3]), masked)


def take_in(carried: Carried, store: Store) -> int:
    """Store what is not here yet; gives how many events that was. Ids and numbers stay what they were.

    Raises ExchangeError when the case here went on differently, StoreError.
    """
    here: list[str] = []
    while batch := store.read(len(here)):
        here += [event.id for event in batch]
    theirs = [event.id for event in carried.events]
    common = min(len(here), len(theirs))
    if here[:common] != theirs[:common]:
        raise ExchangeError("a case of that id is here and went on differently; nothing was changed")
    for data in carried.blobs:
        store.put_blob(data)
    fresh = carried.events[len(here) :]
    if fresh:
        store.append(fresh)
    return len(fresh)


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
