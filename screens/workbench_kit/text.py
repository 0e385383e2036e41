"""Text from outside made safe to show: no control character, escape or markup of it ever takes effect."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

TAB = 4
"""Cells between two tab stops."""

_VARIATION = "\ufe0f"


class _Visible(dict[int, str]):
    """Code point to what is shown instead; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        shown = _placeholder(code)
        self[code] = shown
        return shown


def _placeholder(code: int) -> str:
    char = chr(code)
    if code in (0xFE0E, 0xFE0F):
        return ""
    if char.isprintable():
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(char) == "Zs":
        return "  " if code == 0x3000 else "\u2423"
    if 0xDC80 <= code <= 0xDCFF:
        return f"⟨{code - 0xDC00:02x}⟩"
    return f"⟨{code:02x}⟩"


_VISIBLE = _Visible()


def plain(text: str, column: int = 0) -> str:
    """``text`` as it may stand on the screen, starting at cell ``column`` of its line.

    Control characters become visible placeholders (ESC is shown as its control picture), invisible and direction
    changing characters and undecodable bytes their number in ``⟨⟩``, tabs spaces up to the next stop. Variation
    selectors go, because terminals disagree about their width.
    """
    if text.isprintable() and (text.isascii() or _VARIATION not in text):
        return text
    if "\t" not in text:
        return text.translate(_VISIBLE)
    first, *others = text.split("\t")
    made = first.translate(_VISIBLE)
    for part in others:
        made += " " * (TAB - (column + cell_len(made)) % TAB) + part.translate(_VISIBLE)
    return made


def width_of(text: str) -> int:
    """Cells that :func:`plain` text takes, wide characters (CJK, emoji) counted as two."""
    return len(text) if text.isascii() else cell_len(text)


def clip(text: str, width: int) -> str:
    """``text`` made plain, cut to at most ``width`` cells; a cut ends in an ellipsis."""
    shown = plain(text)
    if width_of(shown) <= width:
        return shown
    return set_cell_size(shown, width - 1).rstrip() + "…" if width > 0 else ""


def fit(text: str, width: int, right: bool = False) -> str:
    """``text`` made plain and exactly ``width`` cells wide: cut or padded, on the left side when ``right``."""
    shown = clip(text, width)
    gap = " " * max(0, width - width_of(shown))
    return gap + shown if right else shown + gap


def wrap(text: str, width: int) -> list[str]:
    """``text`` made plain, in lines of at most ``width`` cells, broken between words where it can be."""
    lines: list[str] = []
    line = ""
    for word in plain(text).split(" "):
        candidate = f"{line} {word}" if line else word
        if width_of(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        while width_of(word) > width > 1:
            head = set_cell_size(word, width).rstrip()
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line]
