"""Scanning one log from its first byte to its last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, cast

from workbench.analysis.logs.scan.read import Forgiving, Readable, chunk_size, chunks, stretch_size
from workbench.analysis.logs.scan.sample import PIECE, PLACES, Learned, encoding_of, learn_sample, take_sample
from workbench.analysis.logs.scan.scanner import Scanner
from workbench.analysis.logs.times import Clock
from workbench.case.logs import LogFormat


def learn_log(stream: Readable, size: int | None, given: Sequence[LogFormat] = ()) -> tuple[Learned, tuple[bytes, ...]]:
    """What a sample of the log teaches, and the sample's pieces; ``size`` is None where only its beginning can be.
    ``given`` formats are asked before any is learned.

    ``stream`` stands at its start before and anywhere after.
    """
    head = stream.read(4096)
    encoding = encoding_of(head)
    if size is None or encoding.startswith("utf-16"):
        sample: tuple[bytes, ...] = (head + stream.read(PLACES * PIECE - len(head)),)
    else:
        sample = take_sample(cast(BinaryIO, stream), size)
    if encoding.startswith("utf-16"):
        sample = (sample[0][: len(sample[0]) & ~1].decode(encoding, "replace").encode(),)
    learned = learn_sample(b"".join(sample), encoding, given)
    return replace(learned, encoding=encoding), sample


def scan(
    stream: Readable,
    size: int | None,
    learned: Learned,
    clock: Clock,
    keep_groups: bool = False,
    limit: int | None = None,
) -> Scanner:
    """Read ``stream`` from where it stands to its end or for ``limit`` bytes; the table is ``Scanner.finish()``'s.

    A compressed stream that breaks off is read as far as it goes, and the table says so.
    """
    scanner = Scanner(learned, clock, keep_groups, stretch_size(size))
    held = b""
    for data in chunks(stream, chunk_size(size), learned.encoding, limit):
        held = scanner.feed(held + data)
    if held:
        scanner.feed(held, final=True)
    if isinstance(stream, Forgiving) and stream.broken:
        scanner.table.broken = (stream.broken,)
    return scanner
