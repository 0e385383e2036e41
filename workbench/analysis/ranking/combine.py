"""The sum: signals normalised by report, weighed, added up; the best files and symbols with their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.analysis.languages import is_code, is_side
from workbench.analysis.ranking import weights
from workbench.analysis.ranking.boosted import Boosted
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query
from workbench.case.code import Hotspot, Signal

MOST_FILES = 50
MOST_SYMBOLS = 50

Sums = dict[int, list[Signal]]


def best_files(query: Query, marks: Sequence[Marks], boosted: Boosted) -> tuple[list[Hotspot], dict[int, float]]:
    """The best files with their signals, and the score of every file that has one."""
    totals = _totals({mark.name: mark.files for mark in marks}, weights.FILE, boosted.files)
    for file in totals:
        totals[file] += sum(signal.weight for signal in penalties(query.view.paths[file]))
    order = sorted(totals, key=lambda file: (-totals[file], query.view.paths[file]))[:MOST_FILES]
    spots = []
    for file in order:
        signals = _signals(file, {m.name: (m.files, m.file_detail) for m in marks}, weights.FILE)
        signals += [*boosted.files.get(file, ()), *penalties(query.view.paths[file])]
        spots.append(Hotspot(query.view.paths[file], round(totals[file], 4), _ordered(signals)))
    return spots, totals


def best_symbols(
    query: Query, marks: Sequence[Marks], boosted: Boosted, file_scores: Mapping[int, float]
) -> list[Hotspot]:
    """The best functions with their signals."""
    view = query.view
    totals = _totals({mark.name: mark.chunks for mark in marks}, weights.SYMBOL, boosted.chunks)
    top = max(file_scores.values(), default=0.0)
    for chunk in totals:
        totals[chunk] += _file_share(file_scores, view.file_of[chunk], top)
    order = sorted(totals, key=lambda chunk: (-totals[chunk], chunk))
    view.load({view.file_of[chunk] for chunk in order[: 2 * MOST_SYMBOLS]})
    spots: list[Hotspot] = []
    for chunk in order:
        file, number = view.file_of[chunk], view.number_of[chunk]
        record = view.record(file) if number else None
        symbol = record.outline.symbols[number - 1] if record else None
        if symbol is None or symbol.kind != "function":
            continue
        signals = _signals(chunk, {m.name: (m.chunks, m.chunk_detail) for m in marks}, weights.SYMBOL)
        signals += boosted.chunks.get(chunk, ())
        share = _file_share(file_scores, file, top)
        signals.append(Signal("file", round(share, 4), f"stands in {view.paths[file]}"))
        spots.append(
            Hotspot(
                view.paths[file],
                round(totals[chunk], 4),
                _ordered(signals),
                symbol.qualname,
                symbol.line,
                symbol.end_line,
            )
        )
        if len(spots) == MOST_SYMBOLS:
            break
    return spots


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


def _file_share(file_scores: Mapping[int, float], file: int, top: float) -> float:
    return weights.SYMBOL["file"] * max(0.0, file_scores.get(file, 0.0)) / top if top > 0 else 0.0


def _totals(
    values: Mapping[str, Mapping[int, float]], weighed: Mapping[str, float], boosts: Mapping[int, list[Signal]]
) -> dict[int, float]:
    totals: dict[int, float] = {}
    for name, by_place in values.items():
        factor = _factor(by_place, weighed.get(name, 0.0))
        for place, value in by_place.items():
            totals[place] = totals.get(place, 0.0) + factor * value
    for place, signals in boosts.items():
        totals[place] = totals.get(place, 0.0) + sum(signal.weight for signal in signals)
    return totals


def _factor(values: Mapping[int, float], weight: float) -> float:
    top = max(values.values(), default=0.0)
    return weight / top if top > 0 else 0.0


def _signals(
    place: int, marks: Mapping[str, tuple[Mapping[int, float], object]], weighed: Mapping[str, float]
) -> list[Signal]:
    found = []
    for name, (values, detail) in marks.items():
        if values.get(place, 0.0) > 0:
            weight = round(_factor(values, weighed.get(name, 0.0)) * values[place], 4)
            found.append(Signal(name, weight, detail(place)))  # type: ignore[operator]
    return found


def _ordered(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: (-abs(signal.weight), signal.name)))
