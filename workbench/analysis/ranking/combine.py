"""The sum: signals normalised by report, weighed, added up; the best files and symbols with their reasons."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.analysis.captions import caption
from workbench.analysis.languages import is_code, is_side
from workbench.analysis.ranking import weights
from workbench.analysis.ranking.boosted import Boosted
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query
from workbench.case.code import Hotspot, Signal

MOST_FILES = 50
MOST_SYMBOLS = 50
"""How many hotspots a ranking shows."""

Scores = dict[int, float]


@dataclass(frozen=True)
class Sheet:
    """Every signal of one question on one view."""

    query: Query
    marks: Sequence[Marks]
    boosted: Boosted

    def with_marks(self, *more: Marks) -> Sheet:
        """The sheet with more signals."""
        return Sheet(self.query, [*self.marks, *more], self.boosted)


def file_scores(sheet: Sheet) -> Scores:
    """The score of every file that has a signal."""
    scores: Scores = {}
    for marks in sheet.marks:
        _add(scores, marks.files, _factor(marks.files, marks.full, weights.FILE.get(marks.name, 0.0)))
    for file, signals in sheet.boosted.files.items():
        scores[file] = scores.get(file, 0.0) + sum(signal.weight for signal in signals)
    for file in scores:
        scores[file] += sum(signal.weight for signal in penalties(sheet.query.view.paths[file]))
    return scores


def symbol_scores(sheet: Sheet, files: Mapping[int, float]) -> Scores:
    """The score of every chunk that has a signal, its file's score among them."""
    scores: Scores = {}
    for marks in sheet.marks:
        _add(scores, marks.chunks, _factor(marks.chunks, marks.full, weights.SYMBOL.get(marks.name, 0.0)))
    for chunk, signals in sheet.boosted.chunks.items():
        scores[chunk] = scores.get(chunk, 0.0) + sum(signal.weight for signal in signals)
    factor = _factor(files, 0.0, weights.SYMBOL["file"])
    file_of = sheet.query.view.file_of
    for chunk in scores:
        scores[chunk] += factor * max(0.0, files.get(file_of[chunk], 0.0))
    return scores


def file_spots(sheet: Sheet, scores: Mapping[int, float]) -> tuple[Hotspot, ...]:
    """The best files with their reasons."""
    view = sheet.query.view
    best = heapq.nsmallest(MOST_FILES, scores, key=lambda file: (-scores[file], view.paths[file]))
    view.load(best)
    spots = []
    for file in best:
        signals = [
            _signal(marks.name, weights.FILE, marks.files, marks.full, file, marks.file_detail, marks.evidence(file))
            for marks in sheet.marks
            if marks.files.get(file, 0.0) > 0
        ]
        signals += [*sheet.boosted.files.get(file, ()), *penalties(view.paths[file])]
        record = view.record(file)
        said = caption(view.paths[file], record.outline) if record else ""
        spots.append(Hotspot(view.paths[file], round(scores[file], 4), _ordered(signals), caption=said))
    return tuple(spots)


def symbol_spots(sheet: Sheet, scores: Mapping[int, float], files: Mapping[int, float]) -> tuple[Hotspot, ...]:
    """The best functions with their reasons."""
    view = sheet.query.view
    best = heapq.nsmallest(4 * MOST_SYMBOLS, scores, key=lambda chunk: (-scores[chunk], chunk))
    view.load({view.file_of[chunk] for chunk in best})
    spots: list[Hotspot] = []
    for chunk in best:
        symbol, path = view.symbol(chunk), view.paths[view.file_of[chunk]]
        if symbol is None or symbol.kind != "function":
            continue
        signals = _ordered(_symbol_signals(sheet, chunk, files))
        spots.append(Hotspot(path, round(scores[chunk], 4), signals, symbol.qualname, symbol.line, symbol.end_line))
        if len(spots) == MOST_SYMBOLS:
            break
    return tuple(spots)


def _symbol_signals(sheet: Sheet, chunk: int, files: Mapping[int, float]) -> list[Signal]:
    view = sheet.query.view
    file = view.file_of[chunk]
    signals = [
        _signal(marks.name, weights.SYMBOL, marks.chunks, marks.full, chunk, marks.chunk_detail, ())
        for marks in sheet.marks
        if marks.chunks.get(chunk, 0.0) > 0
    ]
    signals += sheet.boosted.chunks.get(chunk, ())
    if files.get(file, 0.0) > 0:
        signals.append(_signal("file", weights.SYMBOL, files, 0.0, file, lambda f: f"stands in {view.paths[f]}", ()))
    return signals


def penalties(path: str) -> list[Signal]:
    """What the kind of file takes away."""
    found = []
    if path.endswith("__init__.py"):
        found.append(Signal("init", weights.INIT, "a package's __init__"))
    if is_side(path):
        found.append(Signal("side", weights.SIDE, "documentation, example or script, not the product"))
    elif not is_code(path):
        found.append(Signal("plain", weights.PLAIN, "template or configuration"))
    return found


def _add(scores: Scores, values: Mapping[int, float], factor: float) -> None:
    for place, value in values.items():
        scores[place] = scores.get(place, 0.0) + factor * value


def _factor(values: Mapping[int, float], full: float, weight: float) -> float:
    top = max(full, max(values.values(), default=0.0)) if full else max(values.values(), default=0.0)
    return weight / top if top > 0 else 0.0


def _signal(
    name: str,
    weighed: Mapping[str, float],
    values: Mapping[int, float],
    full: float,
    place: int,
    detail: Callable[[int], str],
    evidence: tuple[str, ...],
) -> Signal:
    weight = round(_factor(values, full, weighed.get(name, 0.0)) * values[place], 4)
    return Signal(name, weight, detail(place), evidence)


def _ordered(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: (-abs(signal.weight), signal.name)))
