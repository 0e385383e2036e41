"""What of a change is its fix: all that is no test, what the user names, or the parts found needed for green."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.analysis.proof import Rate, runs_to_see
from workbench.engine.proof.change import CodeChange, NoSuchThingError
from workbench.engine.proof.needed import Needed, Parts, search
from workbench.engine.proof.sides import failures, spoiled
from workbench.engine.proof.turns import TURNS, limited
from workbench.engine.proof.workshop import Workshop
from workbench.engine.repo.trees import Trees

_ALL = "every change that is no test is the fix: without it this is the tree of step 1, where it failed"
_NAMED, _SHOWN = 3, 8


@dataclass(frozen=True, slots=True)
class Fix:
    """``kept_out`` is the head with the fix alone taken away, ``words`` says what the fix is, ``labels`` its parts
    where the change holds more."""

    kept_out: str
    words: str
    labels: tuple[str, ...] = ()


class Fixes:
    """Finds the fix of a change; ``told`` gets how many trials the search for it made."""

    def __init__(self, workshop: Workshop, trees: Trees, told: Callable[[int], None]) -> None:
        self._workshop = workshop
        self._trees = trees
        self._told = told

    async def check(self, change: CodeChange, named: Sequence[str]) -> None:
        """Raises NoSuchThingError where what is named as the fix is no part of the change."""
        parts = await asyncio.to_thread(Parts, self._trees, change.without, change.head)
        for name in named:
            if not any(_is_named(part.path, part.label, [name]) for part in parts.parts):
                raise NoSuchThingError(f"--fix {name} is no part of the change, which has {_few(parts)}")

    async def of(self, change: CodeChange, named: Sequence[str], rates: Mapping[str, Rate]) -> Fix:
        """The fix: ``named`` paths (``path`` or ``path:line``), else what is needed to make tests pass that fail at
        ``rates`` without it."""
        parts = await asyncio.to_thread(Parts, self._trees, change.without, change.head)
        if len(parts.parts) < 2:
            return Fix(change.without, _ALL)
        words = ""
        if named:
            chosen = [part for part in parts.parts if _is_named(part.path, part.label, named)]
            labels = tuple(named)
        else:
            found = await search(parts, lambda tree: self._passes(tree, rates, change), self._told)
            chosen = list(found.parts)
            labels = tuple(part.label for part in chosen)
            words = _words(found)
        rest = [part for part in parts.parts if part not in chosen]
        if not rest:
            return Fix(change.without, _ALL)
        kept_out = await asyncio.to_thread(parts.tree, rest)
        return Fix(kept_out, words, labels)

    async def _passes(self, tree: str, rates: Mapping[str, Rate], change: CodeChange) -> bool:
        """Each racy test as often as shows a failure that is there; what is found so is run in full at the end."""
        racy = [test for test in rates if test in change.racy]
        plain = [test for test in rates if test not in change.racy]
        often = max([1, *(runs_to_see(rates[test], TURNS) for test in racy)])
        for chosen, turns in ((plain, 1), (racy, often)):
            if not chosen:
                continue
            ran = await self._workshop.trial(tree, chosen, limited(self._workshop, turns))
            if any(spoiled(test, ran) or failures(test, ran) for test in chosen):
                return False
        return True


def _few(parts: Parts) -> str:
    labels = [part.label for part in parts.parts]
    return ", ".join(labels[:_SHOWN]) + (f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else "")


def _words(found: Needed) -> str:
    labels = [part.label for part in found.parts]
    few = ", ".join(labels[:_NAMED]) + (f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else "")
    rough = "" if found.minimal else ", not narrowed further in the time it has"
    return f": {few} ({len(labels)} of {found.of} changes{rough})"


def _is_named(path: str, label: str, named: Sequence[str]) -> bool:
    """Whether a part is one of ``named``: its path, a folder above it, or ``path:line`` within it."""
    for name in named:
        if path == name or label == name or path.startswith(name.rstrip("/") + "/"):
            return True
        where, _, line = name.rpartition(":")
        if where == path and line.isdigit():
            first, _, last = label.rpartition(":")[2].partition("-")
            if first.isdigit() and int(first) <= int(line) <= int(last or first):
                return True
    return False
