"""The text of a file of the repository, as the code panel shows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

MOST = 5 << 20
"""Bytes of a file that are shown at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """``note`` says what is special about the text: cut, not UTF-8, unreadable; empty when nothing is."""

    text: str
    note: str = ""


async def read_source(root: Path, path: str) -> Source:
    """The text of ``path`` below ``root``, read in a thread; what cannot be read says why in its ``note``."""
    return await asyncio.to_thread(_read, root, path)


def _read(root: Path, name: str) -> Source:
    path = root / name
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return Source("", "not of this repository")
        if not path.is_file():
            return Source("", "not there any more")
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        return Source("", error.strerror or str(error))
    if b"\0" in data[:8000]:
        return Source("", "a binary file")
    note = f"first {MOST >> 20} MB" if len(data) > MOST else ""
    try:
        return Source(data[:MOST].decode(), note)
    except UnicodeDecodeError:
        return Source(data[:MOST].decode("utf-8", "surrogateescape"), note or "not UTF-8")
