"""Finding text in rows. Runs in a worker process that can be killed: a pattern of the user's may never end."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.analysis.logs.rows.model import GOES_ON, Book, LogFile, placed
from workbench.analysis.logs.rows.read import LONGEST, columns_of, lines_at, stretches

ROWS, ROWS_BY_PATTERN = 200_000, 20_000
"""Rows of one chunk."""
_TOGETHER = 2000


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Small letters match both, a capital makes the case count. ``whole`` finds every line of a
    record of which one line matches."""

    text: str
    pattern: bool = False
    whole: bool = False


class BadPatternError(ValueError):
    """A pattern that is no regular expression; the message says what is wrong with it."""


def matcher(query: Query) -> Callable[[str], bool]:
    """Whether a line matches. Raises BadPatternError."""
    exact = query.text != query.text.lower()
    if not query.pattern:
        return (lambda line: query.text in line) if exact else (lambda line: query.text in line.lower())
    found = compiled(query)
    return lambda line: found.search(line) is not None


def compiled(query: Query) -> re.Pattern[str]:
    """The pattern, compiled. Raises BadPatternError."""
    exact = re.sub(r"\\.", "", query.text)
    try:
        return re.compile(query.text, 0 if exact != exact.lower() else re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPatternError(str(error)) from None


def match_rows(book: Book, files: Sequence[LogFile], first: int, count: int, query: Query) -> list[bytes]:
    """The chunk: the rows among ``count`` from ``first`` on that match, then those to show, as bytes of arrays of "I".

    With ``query.whole`` the whole record of a match is to be shown, and the range should begin and end with a record.
    Raises BadPatternError.
    """
    columns = columns_of(book, first, count)
    quick = not query.pattern and query.text.isascii()
    found = _in_bytes(files, columns.places, query) if quick else _in_lines(files, columns.places, matcher(query))
    shown = _records(found, columns.flags) if query.whole else found
    return [array("I", (first + at for at in rows)).tobytes() for rows in (found, shown)]


def _in_lines(files: Sequence[LogFile], places: Sequence[int], matches: Callable[[str], bool]) -> list[int]:
    found: list[int] = []
    for start in range(0, len(places), _TOGETHER):
        lines = lines_at(files, places[start : start + _TOGETHER], LONGEST)
        found += [at for at, line in enumerate(lines, start) if matches(line.decode("utf-8", "replace"))]
    return found


def _in_bytes(files: Sequence[LogFile], places: Sequence[int], query: Query) -> list[int]:
    """As :func:`_in_lines`, for a text of ASCII: the bytes of each file are searched together, but where its lines are
    so long that only the beginning of each is looked at."""
    exact = query.text != query.text.lower()
    wanted = query.text.encode()
    by_file: dict[int, list[int]] = {}
    for at, number in enumerate(places):
        by_file.setdefault(placed(number)[0], []).append(at)
    found: list[int] = []
    for file, rows in by_file.items():
        offsets = [placed(places[at])[1] for at in rows]
        if offsets[-1] - offsets[0] > LONGEST * len(rows):
            found += [rows[at] for at in _in_lines(files, [places[at] for at in rows], matcher(query))]
            continue
        for start, data in stretches(files[file], offsets):
            data = data if exact else data.lower()
            at = data.find(wanted)
            while at >= 0:
                row = bisect_right(offsets, start + at) - 1
                found.append(rows[row])
                after = offsets[row + 1] - start if row + 1 < len(offsets) else len(data)
                at = data.find(wanted, after)
    return sorted(set(found))


def _records(found: Sequence[int], flags: Sequence[int]) -> list[int]:
    """All rows of the records that the rows ``found`` are in."""
    shown: list[int] = []
    upto = 0
    for row in found:
        if row < upto:
            continue
        first = row
        while first > upto and flags[first] & GOES_ON:
            first -= 1
        upto = row + 1
        while upto < len(flags) and flags[upto] & GOES_ON:
            upto += 1
        shown += range(first, upto)
    return shown


def spans_in(lines: Sequence[str], query: Query) -> list[tuple[tuple[int, int], ...]]:
    """The chunk: where the query stands in each line. Raises BadPatternError."""
    found = compiled(query) if query.pattern else re.compile(re.escape(query.text), _case(query))
    return [tuple(match.span() for match in found.finditer(line) if match.group()) for line in lines]


def _case(query: Query) -> int:
    return 0 if query.text != query.text.lower() else re.IGNORECASE


def with_context(rows: array[int], context: int, total: int) -> array[int]:
    """``rows`` (ordered) and those up to ``context`` before and after each."""
    made = array("I")
    upto = 0
    for row in rows:
        begin, end = max(upto, row - context), min(total, row + context + 1)
        if begin < end:
            made.extend(range(begin, end))
            upto = end
    return made
