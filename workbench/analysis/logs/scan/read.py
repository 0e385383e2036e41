"""Reading a log in chunks of whole lines, whatever it is: huge lines cut, compressed files opened, UTF-16 turned."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from workbench.analysis.logs.scan.journal_export import as_json, is_export

CHUNK = 512 * 1024
SMALLEST = 8 * 1024
LONGEST = 1024 * 1024
"""Bytes of one line that are held; what is beyond is skipped."""

COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd"}


class ZstdMissingError(OSError):
    """A .zst file, and no zstandard library to read it with."""


class Forgiving:
    """A compressed stream that may break off: it gives what there is, and ``broken`` says how it ended."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._came = False
        self.broken = ""

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer only at the end."""
        parts: list[bytes] = []
        left = size
        while left and not self.broken:
            try:
                part = self._stream.read1(left)  # type: ignore[attr-defined]
            except (EOFError, zlib.error, OSError) as error:
                self.broken = f"it breaks off: {error}"
                break
            if not part:
                if not self._came:
                    self.broken = "it breaks off before its first byte"
                break
            self._came = True
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


Readable = BinaryIO | Forgiving


def open_log(path: str) -> tuple[Readable, int | None]:
    """The bytes of the log at ``path``, decompressed, an export of the journal as JSON; and its size where it can be
    read from any place.

    Raises OSError for what cannot be opened, ZstdMissingError where the library for .zst is absent.
    """
    raw = Path(path).open("rb")  # noqa: SIM115 - the caller closes it
    head = raw.peek(64)[:64]
    kind = next((name for mark, name in COMPRESSED.items() if head.startswith(mark)), "")
    stream = _decompressed(raw, kind) if kind else cast(BinaryIO, raw)
    if is_export(_peeked(stream) if kind else head):
        return Forgiving(as_json(stream)), None
    return (Forgiving(stream), None) if kind else (stream, Path(path).stat().st_size)


def _decompressed(raw: io.BufferedReader, kind: str) -> BinaryIO:
    if kind == "gzip":
        import gzip

        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if kind == "bzip2":
        import bz2

        return cast(BinaryIO, bz2.BZ2File(raw))
    return _zstd(raw)


def _peeked(stream: BinaryIO) -> bytes:
    """Its first bytes; none where it cannot be read."""
    try:
        first: bytes = stream.peek(64)  # type: ignore[attr-defined]
    except (EOFError, zlib.error, OSError):
        return b""
    return first


def _zstd(raw: io.BufferedReader) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        raw.close()
        raise ZstdMissingError("a .zst file needs the zstandard library") from None
    return cast(BinaryIO, io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)))


def chunk_size(size: int | None) -> int:
    """Bytes that are read at once: few of a small log, so that it is cut into some hundreds of stretches of time."""
    return CHUNK if size is None else max(SMALLEST, min(CHUNK, size // 192))


def stretch_size(size: int | None) -> int:
    """Bytes of the stretches of time that counts are kept for: at most 160 of them, whatever the size."""
    return CHUNK if size is None else max(SMALLEST, size // 160)


def chunks(stream: Readable, size: int, encoding: str, limit: int | None = None) -> Iterator[bytes]:
    """Pieces that end with a line. ``limit`` is where to stop, in bytes. Of a line longer than LONGEST the rest is
    left out."""
    rest = b""
    skipping = False
    left = limit
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding.startswith("utf-16") else None
    while True:
        data = stream.read(size if left is None else min(size, left))
        if not data:
            break
        left = None if left is None else left - len(data)
        if decoder:
            data = decoder.decode(data).encode()
        if skipping:
            at = data.find(b"\n")
            if at < 0:
                continue
            data, skipping = data[at:], False
        end = data.rfind(b"\n") + 1
        if end:
            yield b"".join((rest, memoryview(data)[:end]))
            rest = data[end:]
            continue
        data = rest + data
        if len(data) > LONGEST:
            data = data.replace(b"\0" * 8, b"")
        if len(data) > LONGEST:
            rest, skipping = data[:LONGEST], True
            continue
        rest = data
    if rest:
        yield rest + b"\n"
