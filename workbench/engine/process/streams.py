"""Pipes to a command: bounded reading and writing on asyncio's loop."""

from __future__ import annotations

import asyncio
import os
import select
import tempfile
from collections.abc import AsyncIterator

LONGEST_LINE = 1 << 20
"""Bytes of one line that are kept."""

_BUFFER = 1 << 18
_HELD_OPEN = 0.1
"""Seconds between two looks at a pipe whose command has ended but that somebody keeps open."""


class Source:
    """A new pipe: ``fd`` is the end for the command, ``reader`` reads the other one once :meth:`open` was awaited."""

    def __init__(self) -> None:
        ours, self.fd = os.pipe()
        self.reader = asyncio.StreamReader(limit=_BUFFER)
        self._pipe = os.fdopen(ours, "rb", buffering=0)
        self._transport: asyncio.ReadTransport | None = None

    def hand_over(self) -> None:
        """Close the command's end here; it has a copy, or there is no command."""
        os.close(self.fd)

    async def open(self) -> None:
        """Start to read."""
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(self.reader)
        self._transport, _ = await loop.connect_read_pipe(lambda: protocol, self._pipe)

    def finish(self, ended: object = None) -> None:
        """The command has ended: read what is there, and wait for no stranger that holds the pipe open."""
        if self._transport is None or self._transport.is_closing():
            return
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        if poll.poll(0):
            asyncio.get_running_loop().call_later(_HELD_OPEN, self.finish)
        else:
            self._transport.close()

    def close(self) -> None:
        """Read no more."""
        if self._transport is not None:
            self._transport.close()
        else:
            self._pipe.close()


async def lines(reader: asyncio.StreamReader, longest: int = LONGEST_LINE) -> AsyncIterator[bytes]:
    """The lines that come, without their newline, each cut after ``longest`` bytes."""
    pending = bytearray()
    while chunk := await reader.read(1 << 16):
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            pending += part[: longest - len(pending)]
            yield bytes(pending)
            pending.clear()
        pending += rest[: longest - len(pending)]
    if pending:
        yield bytes(pending)


class Kept:
    """What came so far of a stream, the first ``most`` bytes; ``cut`` when there was more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._data = bytearray()
        self.cut = False

    @property
    def data(self) -> bytes:
        """The bytes."""
        return bytes(self._data)

    async def take(self, reader: asyncio.StreamReader) -> None:
        """Keep what comes until the end, and read on when it is enough, so that the writer never waits."""
        while chunk := await reader.read(_BUFFER):
            room = self._most - len(self._data)
            self._data += chunk[:room]
            self.cut = self.cut or len(chunk) > room


class Spooled(Kept):
    """What came of a stream, in a file that only the user can read, however much it is."""

    def __init__(self, path: str) -> None:
        super().__init__(0)
        self._path = path

    async def take(self, reader: asyncio.StreamReader) -> None:
        """Write what comes until the end. Raises OSError for a full disk."""
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb", buffering=0) as file:
            while chunk := await reader.read(_BUFFER):
                file.write(chunk)


def given(data: bytes) -> int:
    """A descriptor from which ``data`` is read: a file without a name, so that no writing blocks."""
    if not data:
        return os.open(os.devnull, os.O_RDONLY)
    with tempfile.TemporaryFile(buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        file.seek(0)
        return os.dup(file.fileno())


async def writer(fd: int) -> asyncio.StreamWriter:
    """A writer to the pipe ``fd``, which it owns from now on."""
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: protocol, os.fdopen(fd, "wb", buffering=0))
    return asyncio.StreamWriter(transport, protocol, None, loop)
