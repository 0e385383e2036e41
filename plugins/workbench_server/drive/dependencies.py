"""What a server depends on, each as something that can be told to fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workbench_server.drive.proxies import FAULTS as PROXIED
from workbench_server.drive.proxies import Proxy
from workbench_server.drive.stubs import FAULTS as STUBBED
from workbench_server.drive.stubs import Stub

_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Noted:
    """What a dependency saw of one request: calls of it, those that may not be repeated, whether it was reached."""

    calls: int
    unsafe: int
    reached: bool


class Dependency(Protocol):
    """Something that fails when it is told to. ``asked_for`` says that the settings name it."""

    name: str
    faults: tuple[str, ...]
    asked_for: bool

    def turn(self, fault: str) -> None:
        """From now on fail so; empty for not at all."""
        ...

    def noted(self) -> Noted:
        """What it saw since it was last turned."""
        ...


class Host:
    """Another host, by a stub."""

    def __init__(self, stub: Stub) -> None:
        self.name = "the other host"
        self.faults: tuple[str, ...] = STUBBED
        self.asked_for = True
        self._stub = stub

    def turn(self, fault: str) -> None:
        """As the stub does."""
        self._stub.turn(fault)

    def noted(self) -> Noted:
        """Calls; POST and PATCH without a key of idempotency must not be repeated (RFC 9110, 9.2.2)."""
        calls = list(self._stub.asked)
        return Noted(len(calls), sum(how in ("POST", "PATCH") and not keyed for how, keyed in calls), bool(calls))


class Behind:
    """A database or cache, behind a proxy."""

    def __init__(self, name: str, proxy: Proxy, asked_for: bool) -> None:
        self.name = name
        self.faults: tuple[str, ...] = PROXIED
        self.asked_for = asked_for
        self._proxy = proxy

    def turn(self, fault: str) -> None:
        """As the proxy does."""
        self._proxy.turn(fault)

    def noted(self) -> Noted:
        """Connections that were opened."""
        return Noted(self._proxy.opened, 0, bool(self._proxy.opened or self._proxy.passed))


class File:
    """A database that is an SQLite file, on which another process writes."""

    def __init__(self, path: Path) -> None:
        self.name = "the database"
        self.faults: tuple[str, ...] = ("locked",)
        self.asked_for = False
        self.path = path
        self._writing: sqlite3.Connection | None = None

    def turn(self, fault: str) -> None:
        """Take the write lock, or give it back."""
        if self._writing is not None:
            self._writing.close()
            self._writing = None
        if fault:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=5)
            connection.execute("BEGIN IMMEDIATE")
            self._writing = connection

    def noted(self) -> Noted:
        """A file does not see who reads it."""
        return Noted(0, 0, True)


def files_in(folder: Path) -> Iterator[File]:
    """Each SQLite database below ``folder``."""
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):
            if path.is_file() and path.open("rb").read(len(_MAGIC)) == _MAGIC:
                yield File(path)


def behind(proxies: Mapping[str, Proxy], asked_for: bool) -> Iterator[Behind]:
    """Each proxy as a dependency."""
    for name, proxy in proxies.items():
        yield Behind(name, proxy, asked_for)
