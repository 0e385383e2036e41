"""Times as logs write them: one pattern that finds them, and their reading as seconds since 1970 (UTC)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from workbench.case.logs import LogFormat

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTH = f"(?:{'|'.join(_MONTHS)})[a-z]*"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_WATCH = r"\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AaPp][Mm]\b)?"
"""A clock that may be one of twelve hours."""
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?"

SHAPES: dict[str, str] = {
    "iso": rf"\d{{4}}[-/.]\d\d[-/.]\d\d[T_ -]+\d\d[:.]\d\d[:.]\d\d(?:[.,]\d{{1,9}})?{_ZONE}",
    "access": rf"\d\d/{_MONTH}/\d{{4}}:{_CLOCK}(?: [+-]\d{{4}})?",
    "named": rf"(?:{_DAY},? +)?{_MONTH} +\d\d? {_CLOCK}"
    r"(?: [A-Z]{3,4}(?= \d{4}\b)| [+-]\d{4})?(?: \d{4}(?!\d))?",
    "dayfirst": rf"(?:{_DAY},? +)?\d\d?[- ]{_MONTH}[- ]\d{{4}} {_CLOCK}{_ZONE}",
    "monthfirst": rf"(?:{_DAY},? +)?{_MONTH} +\d\d?, \d{{4}},?(?: @| at)? {_WATCH}{_ZONE}",
    "daymonth": rf"\d\d? {_MONTH} {_CLOCK}",
    "slashed": rf"\d\d?/\d\d?/\d{{2,4}},? {_WATCH}",
    "dmy": rf"\d\d?[.-]\d\d?[.-]\d{{4}},? {_WATCH}",
    "dayless": rf"\d\d[-./]\d\d {_CLOCK}",
    "compact": r"\d{8}[-T ]\d{1,2}:?\d{1,2}:?\d{1,2}(?:[:.,]\d{1,6})?Z?",
    "six": r"\d\d(?:0\d|1[0-2])[0-3]\d (?:[0-2]\d[0-5]\d[0-5]\d|[0-2 ]?\d:[0-5]\d:[0-5]\d)",
    "monthday": r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) [0-2]\d:[0-5]\d:[0-5]\d\.\d{1,9}",
    "minute": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?![:\d])",
    "date": r"\d{4}[-/.]\d\d[-/.]\d\d",
    "clock": _CLOCK,
    "epoch": r"1\d{9}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?",
    "uptime": r" *\d{1,7}\.\d{6}(?=\])",
}
"""Shape name to pattern, the most specific first. ``uptime`` is the kernel's: seconds since the start, no date."""

TIME = re.compile(
    r"(?<![\w.:/+-])(?=[\d FMTWSJADNO])(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in SHAPES.items())
    + r")(?!\w)"
)
"""Finds a time; the name of its last group is the shape."""

_EPOCH = date(1970, 1, 1).toordinal()
_PARTS = re.compile(r"\d+|[A-Za-z]+")
_ZONED = re.compile(r"(?:\d ?(?:Z|UTC|GMT)|:\d\d(?:[.,]\d+)? ?[+-]\d\d:?\d\d)$|^1\d{9}(?:\.\d+|\d{3}|\d{6}|\d{9})?$")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")
_HALF = re.compile(r"([AaPp])[Mm]$")
_FRACTION = re.compile(r"\d\d(?:[.,](\d{1,9})|:(\d{3,6}))(?=\D*(?:[+-]\d\d:?\d\d)?$)")


@dataclass(frozen=True, slots=True)
class Clock:
    """What a log leaves out: ``latest`` is a time (seconds since 1970) that no record is a day after, from which years
    and days are told; ``offset`` is the log's zone, in seconds east of UTC, where it names none; ``ahead`` is how many
    seconds the clock that wrote the log is surely ahead of the one of its file. ``layouts`` are further ways to write
    times, as strptime has them."""

    latest: float
    offset: int = 0
    ahead: float = 0.0
    layouts: tuple[str, ...] = ()


def layouts(formats: Iterable[LogFormat]) -> tuple[str, ...]:
    """How ``formats`` write their times, those that say so."""
    return tuple(each.time for each in formats if each.time)


def zoned(text: str) -> bool:
    """Whether a time as it was written names its zone (or counts seconds since 1970, which is one)."""
    return _ZONED.search(text) is not None


def read_time(text: str, clock: Clock) -> float | None:
    """Seconds since 1970 of a time in the clock's own layouts or any of SHAPES, or None for what is no time or cannot
    be placed on a calendar."""
    for layout in clock.layouts:
        if (at := _laid_out(text, layout, clock)) is not None:
            return at
    found = TIME.search(text)
    if found is None or found.lastgroup in (None, "uptime", "date"):
        return None
    shape = found.lastgroup or ""
    if shape == "epoch":
        return _epoch(found.group())
    try:
        return _read(shape, found.group(), clock)
    except (ValueError, IndexError, OverflowError):
        return None


def _laid_out(text: str, layout: str, clock: Clock) -> float | None:
    """The same of a time that is written as ``layout`` has it."""
    yearless = not any(mark in layout for mark in ("%Y", "%y", "%c", "%x", "%G"))
    try:  # without a year the 29th of February would be no day
        at = datetime.strptime("2024 " * yearless + text.strip(), "%Y " * yearless + layout)  # noqa: DTZ007
    except ValueError:
        return None
    zone = at.utcoffset()
    offset = clock.offset if zone is None else int(zone.total_seconds())
    second = at.hour * 3600 + at.minute * 60 + at.second - offset
    if not yearless:
        return _seconds(at.year, at.month, at.day) + second + at.microsecond / 1e6
    if "%d" in layout or "%j" in layout:
        return _with_year((at.month, at.day, second), clock) + at.microsecond / 1e6
    return _of_day(second, clock) + at.microsecond / 1e6


def _of_day(second: int, clock: Clock) -> int:
    """A time of no day: of the latest one on which it is not to come."""
    day = int(clock.latest // 86400) * 86400
    return day + second if day + second <= clock.latest + 3600 else day - 86400 + second


def _epoch(text: str) -> float:
    value = float(text)
    while value > 1e11:
        value /= 1000
    return value


def _read(shape: str, text: str, clock: Clock) -> float | None:
    offset = _OFFSET.search(text) if shape not in ("compact", "six", "clock") else None
    body = text[: offset.start()].rstrip() if offset else text
    zone = _zone(offset) if offset else 0 if body.endswith(("Z", "UTC", "GMT")) else clock.offset
    parts = _PARTS.findall(body)
    digits = [int(part) for part in parts if part.isdigit()]
    if shape == "clock":
        if digits[0] > 23 or digits[1] > 59 or digits[2] > 60:
            return None
        return _fraction(body) + _of_day(digits[0] * 3600 + digits[1] * 60 + digits[2] - zone, clock)
    fields = _fields(shape, parts, digits)
    year, month, day, hour, minute, second = fields
    if half := _HALF.search(body):
        hour = hour % 12 + 12 * (half.group(1) in "Pp")
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
        return None
    if year:
        return _seconds(year, month, day) + hour * 3600 + minute * 60 + second - zone + _fraction(body)
    return _with_year((month, day, hour * 3600 + minute * 60 + second - zone), clock) + _fraction(body)


def _fields(shape: str, parts: list[str], digits: list[int]) -> tuple[int, int, int, int, int, int]:
    if shape in ("six", "compact"):
        date = parts[0]
        rest = "".join(part.zfill(2) for part in parts[1:4] if part.isdigit())
        time = [int(rest[at : at + 2]) for at in (0, 2, 4)]
        year = int(date[:-4]) + (2000 if shape == "six" else 0)
        return year, int(date[-4:-2]), int(date[-2:]), time[0], time[1], time[2]
    if shape == "named":
        day, hour, minute, second = digits[:4]
        year = digits[-1] if len(digits) > 4 and len(parts[-1]) == 4 and 1970 <= digits[-1] < 2100 else 0
        return year, _month(parts), day, hour, minute, second
    if shape in ("access", "dayfirst"):
        return digits[1], _month(parts), digits[0], digits[2], digits[3], digits[4]
    if shape == "monthfirst":
        return digits[1], _month(parts), digits[0], digits[2], digits[3], digits[4]
    if shape == "daymonth":
        return 0, _month(parts), digits[0], digits[1], digits[2], digits[3]
    if shape == "dmy":
        day, month = (digits[1], digits[0]) if digits[1] > 12 else (digits[0], digits[1])
        return digits[2], month, day, digits[3], digits[4], digits[5]
    if shape == "minute":
        return digits[0], digits[1], digits[2], digits[3], digits[4], 0
    if shape == "monthday":
        return 0, int(parts[0][:2]), int(parts[0][2:]), digits[1], digits[2], digits[3]
    if shape == "dayless":
        return 0, digits[0], digits[1], digits[2], digits[3], digits[4]
    if shape == "slashed":
        first, second_, third = digits[:3]
        if third > 31:
            year = third if third > 99 else 2000 + third
            month, day = (first, second_) if first <= 12 else (second_, first)
        else:
            year, month, day = 2000 + first, second_, third
        return year, month, day, digits[3], digits[4], digits[5]
    return digits[0], digits[1], digits[2], digits[3], digits[4], digits[5]


def _month(parts: list[str]) -> int:
    return next(_MONTHS.index(part[:3]) + 1 for part in parts if part[:3] in _MONTHS)


def _zone(match: re.Match[str]) -> int:
    seconds = int(match.group(2)) * 3600 + int(match.group(3)) * 60
    return -seconds if match.group(1) == "-" else seconds


def _fraction(text: str) -> float:
    found = _FRACTION.search(text)
    return float("0." + (found.group(1) or found.group(2))) if found else 0.0


@lru_cache(maxsize=4096)
def _seconds(year: int, month: int, day: int) -> int:
    return (date(year, month, day).toordinal() - _EPOCH) * 86400


def _with_year(when: tuple[int, int, int], clock: Clock) -> int:
    month, day, second = when
    year = 1970 + int(clock.latest // 31556952)
    for candidate in (year + 1, year, year - 1):
        if month == 2 and day == 29 and (candidate % 4 or (candidate % 100 == 0 and candidate % 400)):
            continue
        at = _seconds(candidate, month, day) + second
        if at <= clock.latest + 86400:
            return at
    return _seconds(year - 1, month, min(day, 28)) + second
