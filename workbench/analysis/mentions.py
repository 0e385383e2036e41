"""What a report names outright: its title, paths, modules, dotted names, frames of a traceback, imports of its code."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from workbench.analysis.report_code import imported_names, used_names

T = TypeVar("T")

TITLE = 300
"""Characters of the first line that count as the title."""


_URL = re.compile(r"https?://[^\s)>\]]+")
_VERSION_LINE = re.compile(
    r"^[ \t]{0,8}(?:[-*] )?[\w.-]{1,80} ?(?::|==?) ?v?(?:\d+(?:\.\w+)+\S{0,80}|None|unknown)[ \t]{0,8}$", re.MULTILINE
)
_KIND = (
    r"bug(?:[- ]?(?:fix|report))?|issue|fix(?:es|ed)?|feature(?:[- ]request)?|rf[ec]|enhancement|improvement|regression"
    r"|(?:back|forward)[- ]?port|question|proposal|request|docs?|documentation|help|wip|v?\d[\w.]{0,15}"
)
_TITLE_TAG = re.compile(
    rf"^(?:\s{{0,4}}\[ ?(?:{_KIND})(?: ?#?\d{{1,7}})? ?\]|\s{{0,4}}(?:bug|issue|regression|feature)\s{{0,2}}[:-])+"
    r"\s{0,4}",
    re.IGNORECASE,
)
"""Says what kind of report it is; a tag that names a part of the product (``[Downloader]``) stays in the title."""

_FRAME = re.compile(r"""File ["']?([^"'\n]{1,300}\.pyx?)["']?, line (\d{1,7})(?:, in ([\w.<>]{1,200}))?""")
_IPYTHON_FRAME = re.compile(
    r"^[ \t]{0,8}(?:File )?([\w./~<>@+-]{1,300}\.py)(?::(\d{1,7}))? in ([\w.]{1,200})\(", re.MULTILINE
)
_OTHER_FRAME = re.compile(r"\bat (?:async )?([\w.$<>]{1,200}) \(?([\w./\\-]{1,300}\.\w{1,5}):(\d{1,7})")
_PYTEST_FRAME = re.compile(
    r"^([\w./-]{1,300}\.py):(\d{1,7}): (?:in (\w{1,200})|\w{0,80}(?:Error|Exception)\b)?", re.MULTILINE
)
_CHAIN = re.compile(r"(?:direct cause of the following|handling of the above) exception")
_NODE = re.compile(r"(?<![\w./-])([\w./-]{1,300}\.py)::([\w:]{1,300})")
_PATH = re.compile(r"(?<![\w/.@+-])(?:[\w.@+-]{1,100}/){0,20}[\w.@+-]{0,100}\w\.[a-z]{1,5}\b(?!\()")
_DOTTED = re.compile(r"(?<![\w/@.-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_TICKED = re.compile(r"`{1,3}([^`\n]{2,120})`{1,3}")
_NAME = re.compile(r"[A-Za-z_]\w{2,}")
_COMPOUND = re.compile(r"[a-z0-9][A-Z]|[A-Za-z]_[A-Za-z]|^_+[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Place:
    """A frame of a traceback in the report, outermost first in ``Mentions.frames``; ``function`` may be empty.

    ``part`` counts the tracebacks of one chain of exceptions, the first cause 0.
    """

    path: str
    line: int
    function: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class Mentions:
    """What the report names. ``names`` are identifiers that look like code: compound, in backticks or called;
    ``dotted`` are names with dots (modules, ``Class.method``); ``imports`` are modules (``a.b``) and what is taken from
    them (``a.b.C``); ``uses`` are names that the report's code uses of these, in full; ``tests`` are (path, name) of
    pytest node ids."""

    title: str
    text: str
    frames: tuple[Place, ...] = ()
    paths: tuple[str, ...] = ()
    dotted: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    tests: tuple[tuple[str, str], ...] = ()


def read_mentions(question: str) -> Mentions:
    """What ``question`` names; comments of a report's template and lists of versions are left out of ``text``."""
    text = _without_comments(question.replace("\r", ""))
    title, _, rest = text.strip().partition("\n")
    title, rest = title[:TITLE], f"{title[TITLE:]}\n{rest}"
    title = _TITLE_TAG.sub("", title).lstrip(" :-")
    body = _VERSION_LINE.sub(" ", rest)
    text = f"{title}\n{_URL.sub(_url_words, body)}"
    return Mentions(
        title=title,
        text=text,
        frames=_frames(text),
        paths=_once(match[0].lstrip("./") for match in _PATH.finditer(text)),
        dotted=_once(_DOTTED.findall(text)),
        names=_names(text),
        imports=tuple(imported_names(text)),
        uses=tuple(used_names(text)),
        tests=_once((match[0].lstrip("./"), match[1]) for match in _NODE.findall(text)),
    )


def _without_comments(text: str) -> str:
    """``text`` without what stands between ``<!--`` and ``-->``."""
    kept: list[str] = []
    while True:
        before, opened, rest = text.partition("<!--")
        kept.append(before)
        _, closed, text = rest.partition("-->")
        if not opened or not closed:
            return " ".join(kept if not opened else [*kept, rest])


def _url_words(match: re.Match[str]) -> str:
    """Of an address, the path of a file in a repository where it shows one, else nothing."""
    _, found, path = match[0].partition("/blob/")
    return " " + path.partition("/")[2].partition("#")[0] + " " if found else " "


def _frames(text: str) -> tuple[Place, ...]:
    breaks = [match.start() for match in _CHAIN.finditer(text)]
    found = [
        (match.start(), Place(match[1], int(match[2] or 0), match[3] or "", bisect_left(breaks, match.start())))
        for pattern in (_FRAME, _IPYTHON_FRAME, _PYTEST_FRAME)
        for match in pattern.finditer(text)
    ]
    others = [(match.start(), Place(match[2], int(match[3]), match[1])) for match in _OTHER_FRAME.finditer(text)]
    found += [(-start, place) for start, place in others]
    return tuple(place for _, place in sorted(found, key=lambda item: item[0]))


def _names(text: str) -> tuple[str, ...]:
    found = [name for name in _NAME.findall(text) if _COMPOUND.search(name)]
    for ticked in _TICKED.findall(text):
        found += _NAME.findall(ticked)
    found += re.findall(r"\b([A-Za-z_]\w{2,})\(", text)
    return _once(found)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
