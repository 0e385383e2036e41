"""What a test is written from, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.analysis.writers.source import Source, module_name
from workbench.case.code import Finding
from workbench.case.errors import ToldError
from workbench.case.logs import LogError

BEGIN, END = "\x02", "\x03"
"""What stands around the blank of a draft: where the person chooses."""


class NothingToWriteError(ToldError):
    """No test can be written from this evidence; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The evidence: a cause, error or finding by ``ref``, with the error and finding it rests on and its place.

    ``template`` is asked for by name; empty where the evidence decides. ``red`` are the templates that are tried, in
    order, where it does not: what a failing test of the case's kind of problem measures. ``good`` is the last good
    commit, short, and ``good_text`` what the place's file was there; empty where none is known.
    """

    ref: str
    title: str
    path: str = ""
    line: int = 0
    error: LogError | None = None
    finding: Finding | None = None
    template: str = ""
    red: tuple[str, ...] = ()
    good: str = ""
    good_text: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A test, not saved yet: ``path`` proposed for it, its node id, its text.

    ``blank`` is the (first line, first column, last line, last column) of what is the person's to choose, all from 0;
    ``choice`` says what is to be chosen, ``why`` where what stands in it was taken from.
    """

    ref: str
    template: str
    path: str
    test: str
    text: str
    blank: tuple[int, int, int, int]
    choice: str
    why: str = ""


@dataclass(frozen=True)
class Project:
    """The repository's Python files that may tell something, by path; ``names`` are its top-level packages."""

    texts: Mapping[str, str]
    names: frozenset[str]
    pytest: bool
    django: bool
    _parsed: dict[str, Source | None] = field(default_factory=dict)

    def source(self, path: str) -> Source | None:
        """A file of it, parsed; None where it is not there or is no Python."""
        if path not in self._parsed:
            text = self.texts.get(path)
            self._parsed[path] = Source.of(path, text) if text is not None else None
        return self._parsed[path]

    def by_module(self, module: str) -> Source | None:
        """The file of a module by its dotted name."""
        found = (path for path in self.texts if module_name(path) == module)
        return self.source(next(found, ""))
