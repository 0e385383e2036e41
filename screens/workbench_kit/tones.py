"""Tones: the names under which a view's text gets its colours, each a component class ``line--NAME`` of the view."""

from __future__ import annotations

from rich.style import Style
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


def tone_style(widget: Widget, tone: str) -> Style:
    """The style of ``tone`` on ``widget``: later names win, a name gives only what its rule sets.

    Raises KeyError for a name that is no component class of the widget.
    """
    style = widget.rich_style
    for name in tone.split():
        rules = widget.get_component_styles(f"line--{name}")
        rich = rules.rich_style
        style += Style(
            color=rich.color if rules.has_rule("color") else None,
            bgcolor=rich.bgcolor if rules.has_rule("background") else None,
        )
        if rules.has_rule("text_style"):
            style += rules.text_style
    return style
