"""Headers that need no learning: a time at the very start of a line, or a level written as loggers write it.

They catch the few lines of another format that a sample holds too few of.
"""

from __future__ import annotations

from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.levels import WORD_PATTERN
from workbench.analysis.logs.times import SHAPES

_WEAK = ("monthday", "date", "clock", "epoch", "uptime")
"""Ways to write a time that a number or a word may look like: they are learned, not taken from one line."""
_TIME = "|".join(pattern for shape, pattern in SHAPES.items() if shape not in _WEAK)
_STAMPED = (
    rf"(?:<\d+>\d?\s*)?[\[(]?(?P<time>{_TIME})[\])]?[,:;|]?(?=\s|\||$|\[)"
    r"(?:[\s|-]+[^\s\w]?\d{1,7}[^\s\w]*(?=\s))?"
    rf"(?:(?:[\s|-]+|(?=\[))[\[(<]?(?P<level>(?i:{WORD_PATTERN})|[VDIWEFC](?=\s))\s*[\])>:]*(?=\s|\||\[))?"
    r"(?:[\s|-]*\[[^\[\]]*\]){0,2}"
    r"(?:[\s|-]+(?P<name>[A-Za-z_][\w.$/-]*):(?=\s))?"
    r"(?:\s+-(?=\s))?\s*"
)
_LEVELLED = rf"(?P<level>(?:{WORD_PATTERN.upper()})):(?P<name>[\w.-]+):|\[?(?P<word>(?:{WORD_PATTERN.upper()}))[\]:]\s+"

GENERIC: tuple[Format, ...] = (Format(_STAMPED, _STAMPED), Format(_LEVELLED, _LEVELLED))
"""Tried where no learned format fits."""
