"""What makes two events the same error: the exception raised last, and the deepest frame that is the project's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from workbench.analysis.logs.traces.model import RawFrame, Trace

_LIBRARY = re.compile(
    r"site-packages|dist-packages|/lib/python\d|\\lib\\(?!site)|^<|node_modules|^node:|^internal/|/rustc/|/\.cargo/"
    r"|/go[\w.-]*/(?:[^/]+/){0,2}src/(?:bufio|bytes|context|crypto|database|encoding|errors|fmt|html|internal|io|log|maps"
    r"|mime|net|os|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|text|time|vendor)/"
    r"|/pkg/mod/|/gems/",
    re.IGNORECASE,
)
_RUNTIME = re.compile(
    r"^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|scala|org\.(?:springframework|apache|hibernate))[./]"
)

Signature = tuple[object, ...]
Place = Callable[[RawFrame], tuple[str, str] | None]
"""Gives file and function of a frame that is the project's own, None for any other."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An error: ``file`` and ``function`` are empty where no frame is the project's own."""

    type: str
    file: str
    function: str
    children: tuple[Identity, ...] = ()

    @property
    def id(self) -> str:
        """A short id that is the same for the same error in any log."""
        return hashlib.blake2b(repr(self).encode(), digest_size=6).hexdigest()

    @property
    def why(self) -> str:
        """One sentence: why two events were put together."""
        place = (
            f"the deepest frame of the project is {self.function} in {self.file}" if self.file else "no frame is ours"
        )
        group = f"; its children are {', '.join(child.type for child in self.children)}" if self.children else ""
        return f"same exception type {self.type}; {place}{group}"


def signature(trace: Trace) -> Signature:
    """Everything of ``trace`` that does not vary between two runs of one path: types, files, functions; each once."""
    frames: list[tuple[str, str]] = []
    for frame in trace.frames:
        if not frames or frames[-1] != (frame.file, frame.function):
            frames.append((frame.file, frame.function))
    cause = signature(trace.cause) if trace.cause else ()
    return trace.type, tuple(frames), cause, tuple(sorted((signature(child) for child in trace.children), key=repr))


def identify(trace: Trace, place: Place) -> Identity:
    """Which error ``trace`` is. ``place`` knows the checkout; without one, ``own_place`` guesses."""
    children = {identify(child, place) for child in trace.children}
    for exception in trace.chain():
        for frame in reversed(exception.frames):
            where = place(frame)
            if where is not None:
                return Identity(trace.type, *where, tuple(sorted(children, key=repr)))
    return Identity(trace.type, "", "", tuple(sorted(children, key=repr)))


def own_place(frame: RawFrame) -> tuple[str, str] | None:
    """The last three parts of the path of a frame that is not a library's, for logs without a checkout."""
    path = frame.file.replace("\\", "/")
    if _LIBRARY.search(frame.file) or _RUNTIME.match(frame.function) or not path:
        return None
    return "/".join(part for part in path.split("/")[-3:] if part), frame.function


def is_library(frame: RawFrame) -> bool:
    """Whether a frame is the runtime's or an installed library's."""
    return own_place(frame) is None
