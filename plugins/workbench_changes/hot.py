"""Which hot places a difference is tied to: files that name it, and errors that speak of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.api import LogError, Signal, Trend
from workbench_changes.differences import Difference

HOT_FILE, SPOKEN, NAMED, RELEASED = 2.0, 1.5, 0.5, 1.0
"""Weights: a hot file names it; an error speaks of it; a file that is not hot names it; it came with the release."""

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d{3,}")
COMMON = frozenset(
    "the of on in db url max min default setting settings config app name value key id new to and".split()
)
_SAME: Mapping[str, str] = {
    "timed": "timeout",
    "timeouts": "timeout",
    "conn": "connection",
    "connections": "connection",
    "connect": "connection",
}


def signals(each: Difference, errors: Sequence[LogError], used: Mapping[str, int], release: str) -> tuple[Signal, ...]:
    """Why ``each`` stands near the errors. ``used`` maps files that name it to a line."""
    found = [Signal("in_release", RELEASED, f"came with {release}")]
    if each.line:
        found.append(Signal("stands_at", 0.0, f"{each.path}:{each.line}"))
    hot = hot_files(errors)
    named = sorted(used.items(), key=lambda item: item[0] not in hot)
    for path, line in named[:2]:
        where = f"{path}:{line}"
        if path in hot:
            detail = f"{where} names it, and {hot[path][0]} errors pass that file"
            found.append(Signal("hot_place", HOT_FILE, detail, (hot[path][1],)))
        elif path != each.path:
            found.append(Signal("used_at", NAMED, f"read at {where}"))
    if each.path in hot:
        count, ident = hot[each.path]
        found.append(Signal("hot_place", HOT_FILE, f"{count} errors pass {each.path}", (ident,)))
    words = tokens(each.name)
    for error in live(errors):
        shared = words & tokens(f"{error.type.rpartition('.')[2]} {error.message[:200]} {error.cause[:200]}")
        if shared:
            detail = f"{error.type.rpartition('.')[2]} speaks of {', '.join(sorted(shared))}"
            found.append(Signal("spoken_of", SPOKEN, detail, (error.id,)))
            break
    return tuple(found)


def hot_files(errors: Sequence[LogError]) -> dict[str, tuple[int, str]]:
    """Files that live errors pass: how many, and one of them."""
    hot: dict[str, tuple[int, str]] = {}
    for error in live(errors):
        for path in {frame.path for frame in error.frames if frame.mapped}:
            count, ident = hot.get(path, (0, error.id))
            hot[path] = (count + error.count, ident)
    return hot


def live(errors: Sequence[LogError]) -> list[LogError]:
    """The errors that are not as always."""
    return [error for error in errors if error.trend not in (Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)]


def tokens(text: str) -> frozenset[str]:
    """The telling words of a name or message, those of one meaning as one."""
    words: list[str] = [word.lower() for word in _TOKEN.findall(text)]
    return frozenset(_SAME.get(word, word) for word in words if len(word) > 2 and word not in COMMON)
