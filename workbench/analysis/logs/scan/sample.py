"""Taking a sample of a log, and what the sample teaches about reading all of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from workbench.analysis.logs.formats.line import COLOURS, inner_text
from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.header.learn import learn
from workbench.case.logs import LogFormat

PLACES = 64
PIECE = 16 * 1024
LINES = 1500
"""Lines of the sample that headers are learned from."""
HEAD = 8 * 1024
"""Bytes of one line of the sample that are learned from."""
UNLIKE = 5000
"""Lines of the sample that are unlike any other, from which on not all of them are read for the first patterns: that
would take half a second."""
LINE_LIMIT = 64 * 1024
"""Bytes of one line that are looked at; the rest of a longer line is cut, and counted as such."""

_DIGITS = b"0123456789"
_COLOURS = re.compile(COLOURS.encode())
_DROPS = (_DIGITS, _DIGITS + b"abcdef", _DIGITS + b"abcdefABCDEF")
_VERBS = (b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS")
_VERB = b"(?:" + b"|".join(_VERBS) + b")"
_TIMER = rb" (?:-1|\d+\.\d{3})"
_STATUSES = (
    rb"HTTP/\d(?:\.\d)?\\?\"\s?\"?",
    rb"status(?<!\wstatus)(?:_code|Code)?\\?\"?[=:]\s?\"?",
    rb"response_code\\?\"?[=:]\s?\"?",
    rb"TCP_[A-Z_]+/",
    rb"DownstreamStatus\\?\"?[=:]\s?",
    rb"HTTP/\d(?:\.\d)?\" from \S+ - ",
    rb"\[GIN\] [\d/: -]+\|\s*",
    rb"Completed (?=\d\d\d [A-Z][\w ]* in \d)",
    rb" responded (?=\d\d\d in \d)",
    rb"Request finished HTTP/[\d.]+ [A-Z]+ \S+ (?:\S+ \S+ )?- ",
    rb"/-?\d+/-?\d+/-?\d+/\+?\d+ (?=\d\d\d \+?\d+ )",
    _TIMER * 3 + rb" (?=\d\d\d (?:-|\d\d\d) \d+ \d+ \")",
    b" " + _VERB + rb" /\S* \S+ \d{2,5} \S+ [\da-fA-F.:]+ \S+ (?:\S+ )?(?=\d\d\d \d+ \d+ \d)",
    rb"\] (?=\d\d\d [A-Z][\w ]* \"" + _VERB + b" /)",
    rb"\t" + _VERB + rb"\t\S+\t/\S*\t",
)
"""What the status of an answer stands behind, in access logs and in fields: those of nginx and Apache, Squid, Traefik,
chi, gin, Rails, ASP.NET (twice), HAProxy, Amazon's balancer, IIS, those that put the request last, and CloudFront. Most
begin with a literal: found far quicker."""
_OWN = b" /(?:" + b"|".join(b"(?<=%b /)" % verb for verb in _VERBS) + rb")[^\s\"]* "
"""What it stands behind where a program logs its own answers (``POST /login 500``): asked only where no access log
tells of the same requests."""


@dataclass(frozen=True)
class Learned:
    """What a sample taught: the formats, the bytes that records of one shape differ in, what statuses stand behind.

    ``unlike`` says that few of its lines are alike, those bytes aside.
    """

    formats: tuple[Format, ...] = ()
    drop: bytes = _DIGITS
    statuses: tuple[bytes, ...] = ()
    encoding: str = "utf-8"
    unlike: bool = False


def take_sample(stream: BinaryIO, size: int) -> tuple[bytes, ...]:
    """64 places of 16 KB, whole lines of each; the whole log when it is small. ``stream`` must be seekable."""
    if size <= PLACES * PIECE:
        stream.seek(0)
        return (stream.read(size),)
    step = (size - PIECE) // (PLACES - 1)
    pieces: list[bytes] = []
    for place in range(PLACES):
        stream.seek(place * step)
        piece = stream.read(PIECE)
        start = piece.find(b"\n") + 1 if place else 0
        end = piece.rfind(b"\n") + 1 or (0 if place else len(piece))
        pieces.append(piece[start:end])
    return tuple(pieces)


def encoding_of(head: bytes) -> str:
    """The encoding that the byte order mark or the zero bytes of ``head`` tell; UTF-8 where they tell none."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    if len(head) > 3 and odd > len(head[:2000]) * 0.4 and even == 0:
        return "utf-16-le"
    return "utf-8"


def learn_sample(sample: bytes, encoding: str = "utf-8", given: Sequence[LogFormat] = ()) -> Learned:
    """Learn from whole lines of a log; what a ``given`` format fits needs not be learned."""
    lines = [line[:HEAD] for line in sample.split(b"\n")]
    step = max(1, len(lines) // LINES)
    alike: dict[bytes, list[bytes]] = defaultdict(list)
    for line in lines[::step]:
        alike[line.translate(None, _DIGITS)].append(line)
    rows = [(inner_text(decode(same[0])), len(same)) for same in alike.values()]
    fitting, rows = _fitting(rows, given) if given else ((), rows)
    formats = (*fitting, *learn([text for text, _ in rows], [count for _, count in rows]))
    drop, kinds = _drop(lines)
    return Learned(formats, drop, statuses_in(sample), encoding, kinds > UNLIKE)


def _fitting(
    rows: Sequence[tuple[str, int]], given: Sequence[LogFormat]
) -> tuple[tuple[Format, ...], list[tuple[str, int]]]:
    """Those of the ``given`` formats that fit some of the lines, each with how often it came, and the other lines."""
    found: list[Format] = []
    for each in given:
        made = Format(each.header, each.header)
        fits = [bool(made.whole_regex.match(text)) for text, _ in rows]
        if any(fits):
            lines = sum(count for (_, count), fit in zip(rows, fits, strict=True) if fit)
            found.append(Format(each.header, each.header, lines))
            rows = [row for row, fit in zip(rows, fits, strict=True) if not fit]
    return tuple(found), list(rows)


def statuses_in(sample: bytes) -> tuple[bytes, ...]:
    """What HTTP statuses stand behind in ``sample``, as patterns; empty where it holds none."""
    for group in (_STATUSES, (_OWN,)):
        if found := tuple(behind for behind in group if status_pattern(behind).search(sample)):
            return found
    return ()


def failed_status(line: bytes) -> str:
    """The failed status (5xx) that ``line`` tells of, empty where it tells of none."""
    found = (status_pattern(behind, b"5").search(line) for behind in (*_STATUSES, _OWN))
    return next((each.group(1).decode() for each in found if each), "")


def status_pattern(behind: bytes, first: bytes = b"[1-5]") -> re.Pattern[bytes]:
    """Finds the statuses that stand behind ``behind`` and begin with the digit ``first``."""
    return re.compile(behind + b"(" + first + rb"\d\d)(?![\d.])")


def decode(line: bytes) -> str:
    """``line`` as text, without its line break and its colours; bytes that are not UTF-8 are read as Latin-1."""
    line = line.rstrip(b"\r\n").replace(b"\0", b"")
    if b"\x1b" in line:
        line = _COLOURS.sub(b"", line)
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _drop(lines: Sequence[bytes]) -> tuple[bytes, int]:
    """The bytes to drop so that records of one shape look alike (letters of hexadecimal numbers only where needed), and
    how many lines are unlike then."""
    text = b"\n".join(lines)
    counts = [len(set(text.translate(None, drop).split(b"\n"))) for drop in _DROPS]
    best = 0
    for at in (1, 2):
        if counts[best] > max(50, len(lines) // 20) and counts[at] * 1.5 < counts[best]:
            best = at
    return _DROPS[best], counts[best]
