"""The title on a widget's border, changed without painting the whole widget: Textual's setter repaints everything."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from workbench_kit.text import plain


def set_subtitle(widget: Widget, text: str) -> None:
    """Write ``text``, as plain text, on the lower edge of the border and paint only that line."""
    content = Content(plain(text))
    if widget._border_subtitle == content:
        return
    widget._border_subtitle = content if text else None
    if widget.styles.border_bottom[0]:
        width, height = widget.outer_size
        offset = widget.content_offset
        widget.refresh(Region(-offset.x, height - 1 - offset.y, width, 1))
