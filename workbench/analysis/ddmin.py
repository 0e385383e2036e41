"""Delta debugging: a smallest part of a change that does what the whole does. Pure; the trials are the caller's."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

Search = Generator[list[tuple[T, ...]], int | None, tuple[T, ...]]
"""Yields candidates, best first; is sent the number of one that passes, or None; returns what was found."""


def ddmin(items: Sequence[T]) -> Search[T]:
    """Search a 1-minimal part of ``items``: what is left passes, and without any one of its items it does not.

    ``items`` as a whole must pass and nothing at all must fail. Every candidate keeps the order of ``items`` and is
    smaller than the part known to pass. Algorithm: A. Zeller, R. Hildebrandt, "Simplifying and isolating
    failure-inducing input", IEEE Transactions on Software Engineering 28 (2002).
    """
    known = tuple(items)
    parts = 2
    while len(known) > 1:
        subsets = _split(known, parts)
        rests = [tuple(item for other in subsets if other is not part for item in other) for part in subsets]
        candidates = subsets + (rests if parts > 2 else [])
        chosen = yield candidates
        if chosen is None:
            if parts >= len(known):
                break
            parts = min(len(known), parts * 2)
        else:
            parts = 2 if chosen < len(subsets) else max(parts - 1, 2)
            known = candidates[chosen]
    return known


def _split(items: tuple[T, ...], parts: int) -> list[tuple[T, ...]]:
    """``items`` in ``parts`` runs of nearly the same length, none of them empty."""
    bounds = [len(items) * n // parts for n in range(parts + 1)]
    return [items[start:end] for start, end in pairwise(bounds)]
