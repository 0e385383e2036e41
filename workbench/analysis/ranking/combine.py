"""The sum: signals normalised by report, weighed, added up; the best files and symbols with their reasons."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.analysis.captions import caption
from workbench.analysis.languages import is_code, is_side
from workbench.analysis.ranking import weights
from workbench.analysis.ranking.boosted import Boosted
from workbench.analysis.ranking.marks import Marks, no_evidence
from workbench.analysis.ranking.query import Query
from workbench.case.code import Hotspot
from workbench.case.signals import Signal

MOST_FILES = 50
MOST_SYMBOLS = 50
"""How many hotspots a ranking shows."""

Scores = dict[int, float]


@dataclass(frozen=True)
class Weighed:
    """One signal with its weight: ``factor`` times a raw value is what it adds."""

    name: str
    values: Mapping[int, float]
    factor: float
    detail: Callable[[int], str]
    evidence: Callable[[int], tuple[str, ...]] = no_evidence

    def add_to(self, scores: Scores) -> None:
        """Add what every place gets."""
        for place, value in self.values.items():
            scores[place] = scores.get(place, 0.0) + self.factor * value

    def signal(self, place: int) -> Signal:
        """What one place gets, and why."""
        weight = round(self.factor * self.values[place], 4)
        return Signal(self.name, weight, self.detail(place), self.evidence(place))


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
    for weighed in _of_files(sheet):
        weighed.add_to(scores)
    for file, signals in sheet.boosted.files.items():
        scores[file] = scores.get(file, 0.0) + sum(signal.weight for signal in signals)
    for file in scores:
        scores[file] += sum(signal.weight for signal in penalties(sheet.query.view.paths[file]))
    return scores


def symbol_scores(sheet: Sheet, files: Mapping[int, float]) -> Scores:
    """The score of every chunk that has a signal, its file's score among them."""
    scores: Scores = {}
    for weighed in _of_chunks(sheet):
        weighed.add_to(scores)
    for chunk, signals in sheet.boosted.chunks.items():
        scores[chunk] = scores.get(chunk, 0.0) + sum(signal.weight for signal in signals)
    share = _share(sheet, files)
    file_of = sheet.query.view.file_of
    for chunk in scores:
        scores[chunk] += share.factor * share.values.get(file_of[chunk], 0.0)
    return scores


def file_spots(sheet: Sheet, scores: Mapping[int, float]) -> tuple[Hotspot, ...]:
    """The best files with their reasons."""
    view = sheet.query.view
    best = heapq.nsmallest(MOST_FILES, scores, key=lambda file: (-scores[file], view.paths[file]))
    view.load(best)
    weighed = _of_files(sheet)
    spots = []
    for file in best:
        signals = [each.signal(file) for each in weighed if each.values.get(file, 0.0) > 0]
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
    weighed, share = _of_chunks(sheet), _share(sheet, files)
    spots: list[Hotspot] = []
    for chunk in best:
        symbol, file = view.symbol(chunk), view.file_of[chunk]
        if symbol is None or symbol.kind != "function":
            continue
        signals = [each.signal(chunk) for each in weighed if each.values.get(chunk, 0.0) > 0]
        signals += sheet.boosted.chunks.get(chunk, ())
        signals += [share.signal(file)] if file in share.values else []
        place = (symbol.qualname, symbol.line, symbol.end_line)
        spots.append(Hotspot(view.paths[file], round(scores[chunk], 4), _ordered(signals), *place))
        if len(spots) == MOST_SYMBOLS:
            break
    return tuple(spots)


def _of_files(sheet: Sheet) -> list[Weighed]:
    return [
        Weighed(m.name, m.files, _factor(m.files, m.full, weights.FILE.get(m.name, 0.0)), m.file_detail, m.evidence)
        for m in sheet.marks
    ]


def _of_chunks(sheet: Sheet) -> list[Weighed]:
    return [
        Weighed(m.name, m.chunks, _factor(m.chunks, m.full, weights.SYMBOL.get(m.name, 0.0)), m.chunk_detail)
        for m in sheet.marks
    ]


def _share(sheet: Sheet, files: Mapping[int, float]) -> Weighed:
    """What the score of a file adds to its symbols."""
    paths = sheet.query.view.paths
    hot = {file: score for file, score in files.items() if score > 0}
    return Weighed("file", hot, _factor(hot, 0.0, weights.SYMBOL["file"]), lambda file: f"stands in {paths[file]}")


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


def _factor(values: Mapping[int, float], full: float, weight: float) -> float:
    top = max(full, max(values.values(), default=0.0))
    return weight / top if top > 0 else 0.0


def _ordered(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: (-abs(signal.weight), signal.name)))
