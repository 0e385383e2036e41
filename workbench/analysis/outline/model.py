"""What stands in a file, told by its text alone: symbols with their lines, imports, decorators, calls."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """A class, a function or a method. Functions inside functions belong to the outer one.

    ``kind`` is ``class`` or ``function``; ``line`` (1-based) counts decorators in; ``bases`` are the base classes as
    written; ``decorators`` are written without ``@``; ``doc`` is the first line of its documentation.
    """

    qualname: str
    kind: str
    line: int
    end_line: int
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    doc: str = ""

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class it belongs to, or the empty string."""
        return self.qualname.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Outline:
    """The symbols of one file in the order of their lines, an outer one before what it holds.

    ``imports`` are module names as written, relative dots kept, with ``:name`` for one name taken from a module;
    ``lines`` counts physical lines; ``doc`` is the first line of the module's documentation; ``problem`` says in a few
    words why the outline is not exact (a syntax error), or is empty.
    """

    language: str
    lines: int
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[str, ...] = ()
    doc: str = ""
    problem: str = ""

    def at(self, line: int) -> Symbol | None:
        """The innermost symbol that holds ``line``, or None for code of the module itself."""
        found = None
        for symbol in self.symbols:
            if symbol.line > line:
                break
            if line <= symbol.end_line:
                found = symbol
        return found
