"""What several services gave through one command, kept apart: each is a log of its own, with a time of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_PREFIX = re.compile(rb"\[pod/[^\]/\s]+/([^\]\s]+)\] ?|([A-Za-z0-9][\w.-]*?)(?:[-_]\d+)?\s*\|(?: |$)")
"""As ``kubectl logs --prefix`` and ``docker compose logs`` write it: the container, the service without its number."""
MOST = 100
"""Services that are kept apart; further ones are one log."""
TAIL = 600
"""Bytes that are left of what was parted: where the command failed, its complaint is among them."""


@dataclass(frozen=True)
class Parted:
    """The files of each service, by name, that the spool ``path`` was parted into."""

    path: str
    services: tuple[tuple[str, str], ...]


def part_services(path: str) -> list[Parted]:
    """The chunk: write the lines of each service of the spool ``path`` to a file of its own.

    Of one service the spool itself is the file. A line without a prefix is of the service that wrote before it.
    """
    spool = Path(path)
    found = _first(spool) if spool.exists() else set()
    if len(found) < 2:
        return [Parted(path, tuple((name.decode("utf-8", "replace"), path) for name in found))]
    files: dict[bytes, BinaryIO] = {}
    names: dict[bytes, str] = {}
    try:
        with spool.open("rb") as lines:
            file = None
            for line in lines:
                name = _service(line) if line[:1] != b" " else b""
                if name and name not in files and len(files) < MOST:
                    names[name] = f"{path[:-4]}-{len(files)}.log"
                    files[name] = Path(names[name]).open("wb")  # noqa: SIM115 - closed below, with the others
                file = files.get(name, file)
                if file is not None:
                    file.write(line)
    finally:
        for each in files.values():
            each.close()
    with spool.open("rb") as whole:
        whole.seek(max(0, spool.stat().st_size - TAIL))
        rest = whole.read()
    spool.write_bytes(rest)
    return [Parted(path, tuple((name.decode("utf-8", "replace"), names[name]) for name in sorted(files)))]


def parted(results: Sequence[Any]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Names and files of the services of each spool that was parted, by its path."""
    return {result.path: result.services for result in results if isinstance(result, Parted)}


def _first(spool: Path) -> set[bytes]:
    """Two services of the spool, or all where it has fewer."""
    found: set[bytes] = set()
    with spool.open("rb") as lines:
        for line in lines:
            if name := _service(line):
                found.add(name)
                if len(found) > 1:
                    break
    return found


def _service(line: bytes) -> bytes:
    found = _PREFIX.match(line)
    return (found.group(1) or found.group(2)) if found else b""
