"""Pens: what a terminal draws characters with, and the SGR sequences from one to another (ECMA-48, 8.3.117)."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 7: 27, 8: 28, 9: 29}
"""The code that ends each attribute."""
SEEN = frozenset({4, 7, 9})
"""Attributes that show on a blank."""

Pen = tuple[frozenset[int], str, str]
"""Attributes, colour and background, as SGR parameters; empty for the terminal's own."""
PLAIN: Pen = (frozenset(), "", "")


@lru_cache(maxsize=4096)
def moved_on(before: Pen, parameters: str) -> Pen:
    """The pen after the SGR sequence of these parameters."""
    attributes, colour, ground = before
    codes = [int(code or 0) for code in parameters.split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            attributes, colour, ground = PLAIN
        elif code in (38, 48):
            length = 4 if codes[:1] == [2] else 2
            said = ";".join(map(str, (code, *codes[:length])))
            del codes[:length]
            colour, ground = (said, ground) if code == 38 else (colour, said)
        elif 30 <= code <= 39 or 90 <= code <= 97:
            colour = "" if code == 39 else str(code)
        elif 40 <= code <= 49 or 100 <= code <= 107:
            ground = "" if code == 49 else str(code)
        elif code in _OFF.values():
            attributes = frozenset(each for each in attributes if _OFF.get(each) != code)
        else:
            attributes |= {code}
    return attributes, colour, ground


@lru_cache(maxsize=4096)
def pen_of(style: Style, system: ColorSystem) -> Pen | None:
    """The pen of ``style`` in a terminal of this colour system; None where it is more than one, such as a link."""
    drawn = re.fullmatch(r"(?:\x1b\[([\d;]+)m)?x(?:\x1b\[0m)?", Strip.render_style(style, "x", system))
    return moved_on(PLAIN, drawn[1] or "0") if drawn else None


def as_blank(drawn: Pen | None, pen: Pen) -> Pen:
    """A pen that draws the same blanks: their colour does not show."""
    return pen if drawn is None or (drawn[0] | pen[0]) & SEEN else (drawn[0], drawn[1], pen[2])


@lru_cache(maxsize=4096)
def change(before: Pen | None, after: Pen) -> str:
    """The shorter SGR sequence from one pen to another; before None, nothing is known."""
    if before == after:
        return ""
    attributes, colour, ground = after
    anew = ["0", *map(str, sorted(attributes)), *filter(None, (colour, ground))]
    if before is None:
        return f"\x1b[{';'.join(anew)}m"
    gone = {_OFF.get(each, 0) for each in before[0] - attributes}
    kept = frozenset(each for each in before[0] if _OFF.get(each, 0) not in gone)
    steps = [str(code) for code in sorted(gone)] + [str(each) for each in sorted(attributes - kept)]
    steps += [colour or "39"] if colour != before[1] else []
    steps += [ground or "49"] if ground != before[2] else []
    shorter = anew if 0 in gone or len(";".join(anew)) < len(";".join(steps)) else steps
    return f"\x1b[{';'.join(shorter)}m"
