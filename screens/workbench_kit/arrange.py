"""How high the panels of a column are: by content, the focused one first, what finds no room folded to its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

EDGE = 2
"""Lines that the border takes."""
LEAST = EDGE + 2
"""Lines under which an open panel is of no use."""
FOLDED = 1
FEW = 8
"""Lines of content that every open panel may have before the elastic one takes its half."""


@dataclass(frozen=True, slots=True)
class Want:
    """What one panel asks for: ``lines`` of content.

    The ``elastic`` one of a column is the main one: it gets a third of the column first, half of it once the others
    have a few lines, and at the end what is left over.
    """

    lines: int
    focused: bool = False
    elastic: bool = False
    empty: bool = False


def heights(wants: Sequence[Want], rows: int, most: int) -> list[int]:
    """The height of each panel of a column of ``rows`` lines, at most ``most`` of them open; 1 is folded.

    The heights add up to ``rows``. The focused panel is always open, then the elastic one, then the others from the
    top, ``empty`` ones last; a panel gets what it asks for where there is room, and what is left over goes to the
    elastic one, or the last.
    """
    if not wants:
        return []
    order = sorted(range(len(wants)), key=lambda at: _rank(wants[at]))
    count = max(1, min(most, len(wants)))
    while count > 1 and count * LEAST + (len(wants) - count) * FOLDED > rows:
        count -= 1
    opened = order[:count]
    made = [FOLDED] * len(wants)
    left = rows - (len(wants) - count) * FOLDED
    least = min(LEAST, left // count)
    for at in opened:
        made[at] = least
        left -= least
    for at in opened[:1] if wants[opened[0]].focused else []:
        left -= _grow(made, at, wants[at].lines + EDGE, left * 2 // 3 if count > 1 else left)
    main = next((at for at in opened if wants[at].elastic), max(opened))
    if wants[main].elastic:
        left -= _grow(made, main, wants[main].lines + EDGE, min(left, max(0, rows // 3 - made[main])))
        few = [replace(want, lines=min(want.lines, FEW)) for want in wants]
        left = _share(made, few, [at for at in opened if at != main], left)
        left -= _grow(made, main, wants[main].lines + EDGE, min(left, max(0, rows // 2 - made[main])))
    left = _share(made, wants, [at for at in opened if at != main], left)
    made[main] += left
    return made


def _rank(want: Want) -> tuple[bool, bool, bool]:
    """The lowest is opened first; of equal ones the upper one."""
    return not want.focused, not want.elastic, want.empty


def _grow(made: list[int], at: int, wanted: int, room: int) -> int:
    grown = max(0, min(wanted - made[at], room))
    made[at] += grown
    return grown


def _share(made: list[int], wants: Sequence[Want], opened: Sequence[int], left: int) -> int:
    """Give the ``opened`` panels lines in turn until each has what it asks for; gives what is left over."""
    while left > 0:
        hungry = [at for at in opened if made[at] < wants[at].lines + EDGE]
        if not hungry:
            break
        part = max(1, left // len(hungry))
        for at in hungry:
            left -= _grow(made, at, wants[at].lines + EDGE, min(part, left))
    return left
