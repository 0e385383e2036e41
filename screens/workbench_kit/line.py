"""One line of a view as a value: pieces of text with tones, and how it becomes a strip of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from workbench_kit.text import plain, width_of

Piece = tuple[str, str]
"""Text and its tone: names of :mod:`~workbench_kit.tones`, parted by spaces; "" is the view's own style."""

Span = tuple[int, int, str]
"""From, to (exclusive) in characters of a text, and the tone between them."""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line of a view.

    ``gutter`` stays where it is when the view scrolls sideways; ``body`` is cut with an ellipsis or scrolls; ``right``
    stands at the right edge, and the body gives way to it. ``tone`` is laid under the whole line.
    """

    body: tuple[Piece, ...] = ()
    right: tuple[Piece, ...] = ()
    gutter: tuple[Piece, ...] = ()
    tone: str = ""


def text_of(pieces: Iterable[Piece]) -> str:
    """The text alone."""
    return "".join(text for text, _ in pieces)


def toned(pieces: Sequence[Piece], spans: Iterable[Span]) -> tuple[Piece, ...]:
    """``pieces`` with the tones of ``spans`` added; spans count the characters of all pieces together."""
    for start, end, tone in spans:
        pieces = _with_span(pieces, start, end, tone)
    return tuple(pieces)


def _with_span(pieces: Sequence[Piece], start: int, end: int, tone: str) -> list[Piece]:
    made: list[Piece] = []
    at = 0
    for text, own in pieces:
        low, high = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if low >= high:
            made.append((text, own))
            continue
        parts = ((text[:low], own), (text[low:high], f"{own} {tone}" if own else tone), (text[high:], own))
        made.extend(part for part in parts if part[0])
    return made


def painted(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """``text`` cut at ordered spans that do not overlap, as highlighters give them; quicker than :func:`toned`.

    Blanks between two words go with the word before: fewer pieces are quicker to paint.
    """
    made: list[Piece] = []
    at = 0
    for start, end, tone in spans:
        if start > at:
            gap = text[at:start]
            if made and gap.isspace():
                made[-1] = (made[-1][0] + gap, made[-1][1])
            else:
                made.append((gap, ""))
        made.append((text[start:end], tone))
        at = end
    if at < len(text):
        made.append((text[at:], ""))
    return tuple(made)


def compose(line: Line, width: int, style: Callable[[str], Style], scroll_x: int = 0, scrolls: bool = False) -> Strip:
    """The strip of ``width`` cells for ``line``; ``scrolls`` says that a long body is reached by scrolling, not cut."""
    return Strip(cells_of(line, width, style, scroll_x, scrolls), width)


def cells_of(
    line: Line, width: int, style: Callable[[str], Style], scroll_x: int = 0, scrolls: bool = False
) -> list[Segment]:
    """The segments of :func:`compose`, for a strip that holds more than one line."""
    gutter, used = _segments(line.gutter, style, line.tone)
    if used > width:
        return _cut(gutter, width)
    right, taken = _segments(line.right, style, line.tone)
    room = width - used
    if taken and taken + 1 < room:
        room -= taken
    else:
        right = []
    body, length = _segments(line.body, style, line.tone)
    if scrolls:
        if scroll_x or length > room:
            body = list(Strip(body, length).crop(scroll_x, scroll_x + room))
            length = max(0, min(length - scroll_x, room))
    else:
        limit = max(0, room - 1) if right else room
        if length > limit:
            body, length = _cut(body, limit), limit
    if length < room:
        blank, ground = " " * (room - length), style(line.tone)
        if body and body[-1].style is ground:
            blank = body.pop().text + blank
        body.append(Segment(blank, ground))
    return [*gutter, *body, *right]


def _segments(pieces: Iterable[Piece], style: Callable[[str], Style], tone: str) -> tuple[list[Segment], int]:
    made: list[Segment] = []
    column = 0
    for text, own in pieces:
        if text.isascii() and text.isprintable():
            column += len(text)
        else:
            text = plain(text, column)
            column += width_of(text)
        if text:
            made.append(Segment(text, style(f"{tone} {own}" if tone else own)))
    return made, column


def _cut(segments: list[Segment], width: int) -> list[Segment]:
    """Exactly ``width`` cells of ``segments``, an ellipsis last."""
    if width <= 0:
        return []
    made: list[Segment] = []
    left = width - 1
    for text, style, _ in segments:
        size = width_of(text)
        if size > left:
            return [*made, Segment(set_cell_size(text, left) + "…", style)]
        made.append(Segment(text, style))
        left -= size
    return made


def chopped(pieces: Iterable[Piece], width: int) -> Iterator[tuple[Piece, ...]]:
    """``pieces`` made plain, in lines of at most ``width`` cells; at least one."""
    line: list[Piece] = []
    used = column = 0
    for text, tone in pieces:
        shown = plain(text, column)
        column += width_of(shown)
        while used + width_of(shown) > width:
            head = _fitting(shown, width - used)
            if not head and not line:
                head = shown[0]
            yield (*line, (head, tone))
            line, used, shown = [], 0, shown[len(head) :]
        line.append((shown, tone))
        used += width_of(shown)
    yield tuple(line)


def _fitting(text: str, width: int) -> str:
    """As much of the beginning of ``text`` as ``width`` cells hold."""
    if text.isascii():
        return text[:width]
    used = 0
    for at, char in enumerate(text):
        used += width_of(char)
        if used > width:
            return text[:at]
    return text
