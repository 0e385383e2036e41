"""Tones: the names under which a view's text gets its colours, each a class ``line--NAME`` in the style rules.

They are no component classes: those Textual works out for every view on each change of a style, some twenty each,
where most views show five. A tone is worked out when a view first paints it.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.widget import Widget

TONES = (
    *("muted", "faint", "strong", "accent", "error", "warning", "success", "history", "info", "number"),
    *("hot", "warm", "mild", "cursor", "selected", "match"),
    *("keyword", "name", "type", "string", "comment", "literal", "decorator"),
)
"""Meaning first (a state), then heat, then what a view lays under its lines, then the words of highlighted code."""

VIEW_CSS = """
StripView {
    background: transparent;
    overflow-x: hidden;
    scrollbar-size: 1 1;
    & > .line--muted { color: $text-muted; }
    & > .line--faint { color: $text-disabled; }
    & > .line--number { color: $text-muted; }
    & > .line--strong { text-style: bold; }
    & > .line--accent { color: $text-accent; }
    & > .line--error { color: $text-error; }
    & > .line--warning { color: $text-warning; }
    & > .line--success { color: $text-success; }
    & > .line--history { color: $text-secondary; }
    & > .line--info { color: $text-primary; }
    & > .line--hot { color: $text-error; }
    & > .line--warm { color: $text-warning; }
    & > .line--mild { color: $text-warning 70%; }
    & > .line--cursor { background: $boost; }
    & > .line--selected { background: $primary 25%; }
    & > .line--match { background: $warning 35%; text-style: underline; }
    & > .line--keyword { color: $text-secondary; }
    & > .line--name { color: $text-primary; }
    & > .line--type { color: $text-primary; }
    & > .line--string { color: $text-success; }
    & > .line--comment { color: $text-muted; text-style: italic; }
    & > .line--literal { color: $text-warning; }
    & > .line--decorator { color: $text-accent; }
    &:focus > .line--cursor { background: $primary 30%; }
    &:nocolor > .line--cursor { text-style: reverse; }
    &:nocolor > .line--selected { text-style: underline; }
}
"""


def tone_rules(widget: Widget, name: str) -> RenderStyles:
    """What the rules say of one tone on ``widget``, as it stands now."""
    node = DOMNode(classes=f"line--{name}")
    node._attach(widget)
    widget.app.stylesheet.apply(node, animate=False)
    return node.styles


def tone_style(style: Style, tones: Iterable[RenderStyles]) -> Style:
    """``style`` with ``tones`` laid over it: later ones win, each gives only what its rule sets."""
    for rules in tones:
        rich = rules.rich_style
        style += Style(
            color=rich.color if rules.has_rule("color") else None,
            bgcolor=rich.bgcolor if rules.has_rule("background") else None,
        )
        if rules.has_rule("text_style"):
            style += rules.text_style
    return style
