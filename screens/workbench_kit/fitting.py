"""Fitting groups of words into one line: what gives way first is shortened, then left out, never cut in two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from workbench_kit.text import clip, plain, width_of


class Part(NamedTuple):
    """Words of one tone; a click on them runs ``command``."""

    text: str
    tone: str = ""
    command: str = ""


class Group(NamedTuple):
    """Parts that stand or go together.

    ``rank`` says who gives way first (the highest; 0 never does). With ``least`` the part at ``flexible`` is shortened,
    down to so many cells, before anything of a lower rank goes.
    """

    parts: tuple[Part, ...]
    rank: int = 0
    least: int | None = None
    flexible: int = -1

    @property
    def width(self) -> int:
        """Cells it takes."""
        return sum(width_of(part.text) for part in self.parts)

    def shortened(self, by: int) -> Group:
        """The group with its flexible part shorter ``by`` cells, but never below ``least``."""
        part = self.parts[self.flexible]
        room = max(self.least or 0, width_of(part.text) - by)
        made = list(self.parts)
        made[self.flexible] = part._replace(text=clip(part.text, room))
        return self._replace(parts=tuple(made))


def group(*parts: Part | tuple[str, str], rank: int = 0, least: int | None = None, flexible: int = -1) -> Group:
    """A group of parts whose text may come from outside: it is made plain here."""
    made = tuple(Part(*part)._replace(text=plain(part[0])) for part in parts)
    return Group(made, rank, least, flexible)


def fitted(groups: Sequence[Group], width: int, gap: int = 2) -> list[Group]:
    """The groups, in their order, that take at most ``width`` cells with ``gap`` cells between them.

    Of one rank the widest gives way first. Groups of rank 0 stay even where they do not fit.
    """
    given = {number: each for number, each in enumerate(groups) if each.parts}
    kept = dict(given)
    ranked = (number for number in kept if kept[number].rank)
    yielding = sorted(ranked, key=lambda number: (-kept[number].rank, -kept[number].width))
    for number in yielding:
        over = _width(kept.values(), gap) - width
        if over <= 0:
            break
        if kept[number].least is None:
            del kept[number]
        else:
            kept[number] = kept[number].shortened(over)
    for number in yielding:
        if number in kept and _width(kept.values(), gap) > width:
            del kept[number]
    if len(kept) < len(given):  # what was shortened for those that went has more room now
        return fitted([given[number] for number in kept], width, gap)
    return list(kept.values())


def _width(groups: Collection[Group], gap: int) -> int:
    return sum(each.width for each in groups) + gap * (len(groups) - 1)
