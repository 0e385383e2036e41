"""What a report names outright: its title, paths, modules, dotted names, frames of a traceback, imports of its code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_URL = re.compile(r"https?://[^\s)>\]]+")
_VERSION_LINE = re.compile(r"^\s*[-*]?\s*[\w.-]+\s*(?::|==?)\s*v?(?:\d+(?:\.\w+)+\S*|None|unknown)\s*$", re.MULTILINE)
_TITLE_TAG = re.compile(r"^(?:\s*\[[^\]]{1,20}\]|\s*(?:bug|issue|regression|feature)\s*[:\-])+\s*", re.IGNORECASE)
_FRAME = re.compile(r"""File ["']?([^"'\n]+\.pyx?)["']?, line (\d+)(?:, in ([\w.<>]+))?""")
_IPYTHON_FRAME = re.compile(r"^\s*(?:File )?([\w./~<>@+-]+\.py)(?::(\d+))? in ([\w.]+)\(", re.MULTILINE)
_OTHER_FRAME = re.compile(r"\bat (?:async )?([\w.$<>]+) \(?([\w./\\-]+\.\w{1,5}):(\d+)")
_PYTEST_FRAME = re.compile(r"^([\w./-]+\.py):(\d+): (?:in (\w+)|\w*(?:Error|Exception)\b)?", re.MULTILINE)
_NODE = re.compile(r"([\w./-]+\.py)::([\w:]+)")
_PATH = re.compile(r"(?<![\w/.-])(?:[\w.@+-]+/)*[\w.@+-]*\w\.[a-z]{1,5}\b(?!\()")
_DOTTED = re.compile(r"(?<![\w/@.-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_IMPORT = re.compile(r"^[\s>.]*(?:from\s+([\w.]+)\s+import\s+\(?([\w, ]+)|import\s+([\w., ]+))", re.MULTILINE)
_TICKED = re.compile(r"`{1,3}([^`\n]{2,120})`{1,3}")
_NAME = re.compile(r"[A-Za-z_]\w{2,}")
_COMPOUND = re.compile(r"[a-z0-9][A-Z]|[A-Za-z]_[A-Za-z]|^_+[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Place:
    """A frame of a traceback in the report, outermost first in ``Mentions.frames``; ``function`` may be empty."""

    path: str
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What the report names. ``names`` are identifiers that look like code: compound, in backticks or called;
    ``dotted`` are names with dots (modules, ``Class.method``); ``imports`` are modules (``a.b``) and what is taken from
    them (``a.b.C``); ``tests`` are (path, name) of pytest node ids."""

    title: str
    text: str
    frames: tuple[Place, ...] = ()
    paths: tuple[str, ...] = ()
    dotted: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    tests: tuple[tuple[str, str], ...] = ()


def read_mentions(question: str) -> Mentions:
    """What ``question`` names; comments of a report's template and lists of versions are left out of ``text``."""
    text = _COMMENT.sub(" ", question.replace("\r", ""))
    title, _, rest = text.strip().partition("\n")
    title = _TITLE_TAG.sub("", title)[:300]
    body = _VERSION_LINE.sub(" ", rest)
    text = f"{title}\n{_URL.sub(_url_words, body)}"
    return Mentions(
        title=title,
        text=text,
        frames=_frames(text),
        paths=_once(match[0].lstrip("./") for match in _PATH.finditer(text)),
        dotted=_once(_DOTTED.findall(text)),
        names=_names(text),
        imports=_once(_imported(text)),
        tests=_once((match[0].lstrip("./"), match[1]) for match in _NODE.findall(text)),
    )


def _url_words(match: re.Match[str]) -> str:
    """Of an address, the path of a file in a repository where it shows one, else nothing."""
    _, found, path = match[0].partition("/blob/")
    return " " + path.partition("/")[2].partition("#")[0] + " " if found else " "


def _frames(text: str) -> tuple[Place, ...]:
    found = [
        (match.start(), Place(match[1], int(match[2] or 0), match[3] or ""))
        for pattern in (_FRAME, _IPYTHON_FRAME, _PYTEST_FRAME)
        for match in pattern.finditer(text)
    ]
    others = [(match.start(), Place(match[2], int(match[3]), match[1])) for match in _OTHER_FRAME.finditer(text)]
    found += [(-start, place) for start, place in others]
    return tuple(place for _, place in sorted(found, key=lambda item: item[0]))


def _imported(text: str) -> list[str]:
    found: list[str] = []
    for module, names, modules in _IMPORT.findall(text):
        if module:
            found += [module, *(f"{module}.{name.split()[0]}" for name in names.split(",") if name.strip())]
        else:
            found += [name.split()[0] for name in modules.split(",") if name.strip()]
    return found


def _names(text: str) -> tuple[str, ...]:
    found = [name for name in _NAME.findall(text) if _COMPOUND.search(name)]
    for ticked in _TICKED.findall(text):
        found += _NAME.findall(ticked)
    found += re.findall(r"\b([A-Za-z_]\w{2,})\(", text)
    return _once(found)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
