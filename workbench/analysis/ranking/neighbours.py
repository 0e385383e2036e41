"""Widening: who calls a symbol and whom it calls, for a worker process. By name, nearest definitions first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.analysis.index.segment import EXACT
from workbench.analysis.index.view import View, viewing
from workbench.analysis.ranking.frames import chunk_at
from workbench.analysis.ranking.modules import imported_files, module_names
from workbench.analysis.ranking.rank import candidates
from workbench.analysis.tokens import parts

MOST = 50
"""Callers and callees that are given at most."""

MOST_DEFINERS = 12
"""A called name that more symbols bear, none of them near, leads nowhere."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A symbol one call away. ``sure`` says that imports or a single definition leave no doubt which one is meant."""

    path: str
    qualname: str
    line: int
    end_line: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who calls the symbol ``qualname`` at ``line`` of ``path``, and whom it calls. ``line`` 0: there is no symbol."""

    path: str = ""
    qualname: str = ""
    line: int = 0
    callers: tuple[Neighbour, ...] = ()
    callees: tuple[Neighbour, ...] = ()


def neighbours_chunk(index_path: str, listing: str, path: str, qualname: str, line: int = 0) -> list[Neighbours]:
    """The one :class:`Neighbours` of the symbol ``qualname`` of ``path``, or of the one around ``line``.

    Empty ones when it is not in the index.

    Raises DamagedIndexError, KeyError for a listing that is not in the index.
    """
    with viewing(index_path, listing, candidates) as view:
        file = next((number for number in view.first_of if view.paths[number] == path), None)
        chunk = chunk_at(view, file, line, qualname) if file is not None else None
        if file is None or chunk is None:
            return [Neighbours(path)]
        symbol = view.symbol(chunk)
        modules = module_names({number: view.paths[number] for number in view.first_of})
        callees = dict.fromkeys(_callees(view, modules, file, chunk))
        callers = dict.fromkeys(_callers(view, modules, file, chunk))
        name, at = (symbol.qualname, symbol.line) if symbol else ("", 1)
        return [Neighbours(path, name, at, tuple(callers)[:MOST], tuple(callees)[:MOST])]


def _callees(view: View, modules: dict[str, int], file: int, chunk: int) -> Iterator[Neighbour]:
    record = view.record(file)
    if record is None:
        return
    near = {file, *imported_files(modules, view.paths[file], record.outline.imports)}
    for name in record.calls[view.number_of[chunk]]:
        named = [target for target in view.postings(EXACT + name.lower())[0] if target != chunk]
        close = [target for target in named if view.file_of[target] in near]
        for target in close or (named if len(named) <= MOST_DEFINERS else []):
            yield from _neighbour(view, target, sure=len(close or named) == 1)


def _callers(view: View, modules: dict[str, int], file: int, chunk: int) -> Iterator[Neighbour]:
    symbol = view.symbol(chunk)
    whole = parts(symbol.name)[-1] if symbol else ""
    if symbol is None or not whole:
        return
    found: list[tuple[bool, int]] = []
    mentions = [other for other in view.postings(whole)[0] if other != chunk]
    view.load({view.file_of[other] for other in mentions})
    for other in mentions:
        record = view.record(view.file_of[other])
        if record and symbol.name in record.calls[view.number_of[other]]:
            imports = imported_files(modules, view.paths[view.file_of[other]], record.outline.imports)
            found.append((view.file_of[other] == file or file in imports, other))
    for sure, other in sorted(found, key=lambda item: (not item[0], item[1])):
        yield from _neighbour(view, other, sure)


def _neighbour(view: View, chunk: int, sure: bool) -> Iterator[Neighbour]:
    path, symbol = view.paths[view.file_of[chunk]], view.symbol(chunk)
    if symbol is None:
        yield Neighbour(path, "", 1, 1, sure)
    elif symbol.kind == "function":
        yield Neighbour(path, symbol.qualname, symbol.line, symbol.end_line, sure)
