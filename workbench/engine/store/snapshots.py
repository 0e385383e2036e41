"""A case's state as it is stored, so that opening reads the tail of a journal and not all of it.

The bytes are JSON lines under zlib, ``[field, part]`` each. Long fields are cut into parts, so that no single call of
the JSON module, which lets nothing else run meanwhile, takes long.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from workbench.case.codec import decode, encode
from workbench.case.state import FOLD_VERSION, CaseState

PART = 500
"""Items of a long field per line."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The fold up to ``seq`` by the fold of version ``fold``, as bytes."""

    fold: int
    seq: int
    data: bytes


def pack(state: CaseState) -> Snapshot:
    """The snapshot of a state."""
    packer = zlib.compressobj(1)
    pieces = [packer.compress(line) for line in _lines(state)]
    return Snapshot(FOLD_VERSION, state.seq, b"".join((*pieces, packer.flush())))


def unpack(snapshot: Snapshot | None) -> CaseState | None:
    """The state of a snapshot; None when there is none, it is of another fold version or it is damaged."""
    if snapshot is None or snapshot.fold != FOLD_VERSION:
        return None
    values: dict[str, Any] = {}
    try:
        for line in zlib.decompress(snapshot.data).splitlines():
            name, part = json.loads(line)
            if isinstance(part, list):
                values.setdefault(name, []).extend(part)
            elif isinstance(part, dict):
                values.setdefault(name, {}).update(part)
            else:
                values[name] = part
        state = decode(CaseState, values)
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error):
        return None
    return state if state.seq == snapshot.seq else None


def _lines(state: CaseState) -> Iterator[bytes]:
    for field in fields(state):
        value = getattr(state, field.name)
        for part in _parts(value):
            yield json.dumps([field.name, encode(part)]).encode() + b"\n"


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple) and len(value) > PART:
        yield from (value[start : start + PART] for start in range(0, len(value), PART))
    elif isinstance(value, dict) and len(value) > 1:
        yield from ({key: item} for key, item in value.items())
    else:
        yield value
