"""What git is asked of the code that an error ran through, and what it answered: who last changed which line
(``blame``), and who took lines out (``log -L``), which no line that is there tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.api import LogError

PLACES = 12
"""Frames that are looked up."""
NEAR = 3
"""Lines above a frame that belong to the statement that failed."""
LONG = 200
"""Lines above a frame within which its function is looked for."""

_COMMIT = re.compile(r"\0([0-9a-f]{40})$")
_REMARK = ("#", "//", "/*", "*", "--")
_HEAD = re.compile(r"([0-9a-f]{40}) \d+ (\d+)(?: \d+)?$")


class Place(NamedTuple):
    """A frame in the repository: ``ends`` where an error ends there, else one that it came through. ``line`` is that of
    today's file, ``at`` that of the file that runs."""

    path: str
    line: int
    function: str
    ends: bool
    at: int


@dataclass(frozen=True, slots=True)
class Touch:
    """What a commit last changed: ``how`` names the signal, ``text`` says it."""

    how: str
    text: str


def places_of(errors: Sequence[LogError]) -> list[Place]:
    """The frames of ``errors`` in the repository: first those where they end, then those that they came through."""
    ends = [Place(e.place.path, e.place.line, e.place.function, True, e.place.line) for e in errors if e.place]
    seen = {(place.path, place.line) for place in ends}
    way = [
        Place(frame.path, frame.line, frame.function, False, frame.line)
        for error in errors
        for frame in reversed(error.frames)
        if frame.mapped and (frame.path, frame.line) not in seen
    ]
    return list(dict.fromkeys([*ends, *way]))[:PLACES]


def span(place: Place, text: str) -> tuple[int, int]:
    """First and last line (from 1) of what ran before ``place`` failed: from the head of its function on where errors
    end, else the statement alone."""
    first = max(1, place.at - NEAR)
    name = place.function.rpartition(".")[2]
    if not place.ends or not name.isidentifier():
        return first, place.at
    word = rf"\b{re.escape(name)}\b"
    head = re.compile(rf"\b(def|func|function|fn)\b.*{word}|^[\w<>\[\], ]*{word}\s*\(.*\{{\s*$")
    lines = text.split("\n")[: place.at]
    for number in range(len(lines), max(0, len(lines) - LONG), -1):
        if head.search(lines[number - 1]):
            return min(first, number), place.at
    return first, place.at


def touches(place: Place, answer: bytes) -> Iterator[tuple[str, Touch]]:
    """(commit, what it last changed) of a ``blame --porcelain`` of :func:`span`, each commit once."""
    last: dict[str, int] = {}
    for text in answer.decode("utf-8", "replace").splitlines():
        if match := _HEAD.fullmatch(text):
            last[match[1]] = max(last.get(match[1], 0), int(match[2]))
    for commit, line in last.items():
        where = f"{place.path}:{place.line}"
        if not place.ends:
            yield commit, Touch("touched_on_the_way", f"last changed {where}, on the way of errors")
        elif line >= place.at - NEAR:
            yield commit, Touch("last_touched_line", f"last changed {where}, where errors end")
        else:
            today = line + place.line - place.at
            text = f"last changed {place.path}:{today} in {place.function}, where errors end"
            yield commit, Touch("touched_function", text)


def removals(place: Place, answer: bytes) -> Iterator[tuple[str, Touch]]:
    """(commit, what it took out) of a ``log -L`` of :func:`span` with ``%x00%H`` as its format: lines of code that no
    other line came for."""
    commit, inside = "", False
    counts: dict[str, int] = {}
    gone: list[str] = []
    for text in (*answer.decode("utf-8", "replace").split("\n"), ""):
        head = _COMMIT.fullmatch(text)
        if inside and text.startswith(("-", "\\")) and not head:
            gone += [text[1:].strip()] if text.startswith("-") else []
            continue
        taken = sum(bool(line) and not line.startswith(_REMARK) for line in gone)
        if taken and not text.startswith("+"):
            counts[commit] = counts.get(commit, 0) + taken
        gone = []
        if head:
            commit, inside = head[1], False
        elif text.startswith("@@"):
            inside = True
    where = f"{place.function or place.path}, near {place.path}:{place.line}"
    for commit, count in counts.items():
        what = f"{count} lines" if count > 1 else "a line"
        yield commit, Touch("took_lines_out", f"took {what} out of {where}, where errors end")
