"""Signals that analyzers add: boosts of files and symbols, and of failing tests for what they call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workbench.analysis.ranking import weights
from workbench.analysis.ranking.frames import chunk_at
from workbench.analysis.ranking.query import Query
from workbench.analysis.ranking.tests import called_by_test
from workbench.case.code import Boost
from workbench.case.signals import Signal

MOST_OF_A_NAME = 5
"""Signals of one name that are shown at one place."""


@dataclass
class Boosted:
    """Weighed signals of analyzers by file and by chunk; those of places that are no candidates are dropped."""

    files: dict[int, list[Signal]] = field(default_factory=dict)
    chunks: dict[int, list[Signal]] = field(default_factory=dict)

    def fade(self) -> None:
        """Let each further signal of one name at one place count half of the one before, so that many small ones never
        outweigh a great one; at most ``MOST_OF_A_NAME`` stay."""
        for signals in (*self.files.values(), *self.chunks.values()):
            signals[:] = _faded(signals)

    def add(self, file: int, chunk: int | None, signal: Signal) -> None:
        """Count ``signal`` for a file and, if there is one, a chunk of it; of equal ones the strongest counts."""
        _keep(self.files.setdefault(file, []), signal)
        if chunk is not None:
            _keep(self.chunks.setdefault(chunk, []), signal)


def place_boosts(query: Query, boosts: Sequence[Boost]) -> Boosted:
    """``boosts`` on the files and symbols of the query's view. A symbol's boost is its file's too; one for a test goes
    to what the test calls."""
    view = query.view
    placed = Boosted()
    numbers = {path: file for file, path in enumerate(view.paths)}
    for boost in boosts:
        file = numbers.get(boost.path)
        if file is None:
            continue
        factor = weights.BOOST.get(boost.signal.name, 1.0)
        signal = replace(boost.signal, weight=round(boost.signal.weight * factor, 4))
        if file in view.first_of:
            named = boost.qualname or boost.line
            placed.add(file, chunk_at(view, file, boost.line, boost.qualname) if named else None, signal)
        elif boost.qualname:
            for chunk, share in called_by_test(query, file, boost.qualname.replace("::", ".")):
                detail = f"{signal.detail} (called by {boost.qualname})"
                placed.add(
                    view.file_of[chunk], chunk, replace(signal, weight=round(signal.weight * share, 4), detail=detail)
                )
    placed.fade()
    return placed


def _faded(signals: list[Signal]) -> list[Signal]:
    seen: Counter[str] = Counter()
    kept = []
    for signal in sorted(signals, key=lambda signal: (-abs(signal.weight), signal.evidence)):
        if seen[signal.name] < MOST_OF_A_NAME:
            kept.append(replace(signal, weight=round(signal.weight * 0.5 ** seen[signal.name], 4)))
        seen[signal.name] += 1
    return kept


def _keep(signals: list[Signal], signal: Signal) -> None:
    """Append ``signal``, or raise the one that has its name and evidence."""
    for at, known in enumerate(signals):
        if (known.name, known.evidence) == (signal.name, signal.evidence):
            if signal.weight > known.weight:
                signals[at] = signal
            return
    signals.append(signal)
