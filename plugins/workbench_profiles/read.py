"""From a file to a profile: which format it is shows in its first bytes."""

from __future__ import annotations

import json
from pathlib import Path

from workbench_profiles.binary import snapshot, statistics
from workbench_profiles.documents import read_document
from workbench_profiles.model import ProfileError, RawProfile
from workbench_profiles.texts import collapsed, flame_graph, memray_csv

LIMIT = 256 << 20
"""Bytes of a profile at most."""


def read_profile(path: str) -> RawProfile:
    """The profile at ``path``. Raises ProfileError, whose text names the file."""
    name = Path(path).name
    try:
        with Path(path).open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise ProfileError(f"{name}: {error.strerror or error}") from error
    if len(data) > LIMIT:
        raise ProfileError(f"{name}: larger than {LIMIT >> 20} MB")
    try:
        return _read(data)
    except (ProfileError, KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise ProfileError(f"{name}: {error}") from error


def _read(data: bytes) -> RawProfile:
    if data.startswith(b"\x80"):
        return snapshot(data)
    if data[:1] in (b"{", b"\xfb") and b'"' not in data[:4]:
        try:
            return statistics(data)
        except ProfileError:
            if not data.lstrip().startswith(b"{"):
                raise
    text = data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return read_document(json.loads(text))
    if text.startswith(("<?xml", "<svg", "<!DOCTYPE")):
        return flame_graph(text)
    if text.startswith("allocator,"):
        return memray_csv(text)
    if b"\0" in data[:1000]:
        raise ProfileError("a binary of its own kind; of memray's, give what memray transform csv makes of it")
    return collapsed(text)
