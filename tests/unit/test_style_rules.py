"""Style rules are parsed once, and again when the theme is another; a view's colours follow them."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.css import parse, stylesheet
from textual.css.model import RuleSet
from textual.geometry import Region
from textual.strip import Strip
from workbench_app.rules import Rules
from workbench_kit.line_view import LineView


def test_rules_are_parsed_again_for_other_variables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(scope: str, css: str, *more: Any, **named: Any) -> Any:
        parsed.append(css)
        return parse.parse(scope, css, *more, **named)

    def ground(rule: RuleSet) -> str:
        return rule.styles.background.hex

    monkeypatch.setattr(stylesheet, "parse", counted)
    rules = Rules(variables={"ground": "#ff0000"})
    rules.add_source("Screen { background: $ground; }")
    for variables in ({"ground": "#ff0000"}, {"ground": "#ff0000"}):
        rules.set_variables(variables)
        rules.reparse()
    assert (len(parsed), [ground(rule) for rule in rules.rules]) == (1, ["#FF0000"])
    rules.set_variables({"ground": "#0000ff"})
    rules.reparse()
    assert (len(parsed), [ground(rule) for rule in rules.rules]) == (2, ["#0000FF"])


class Counting(LineView[str]):
    """Says how often it was painted."""

    painted = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.painted += 1
        return super().render_lines(crop)


class One(App[None]):
    """A view whose cursor is another colour while it has a class."""

    CSS = ".lit > .line--cursor { background: #ff0000; }"

    def compose(self) -> ComposeResult:
        yield Counting(["one"])


async def test_a_view_works_out_the_tones_it_shows_and_is_painted_when_these_change() -> None:
    app = One()
    async with app.run_test() as pilot:
        view = app.query_one(Counting)
        view.focus()
        await pilot.pause()
        assert set(view._rules) == {"cursor"}
        painted = view.painted
        view.add_class("lit")
        await pilot.pause()
        assert view.painted > painted
        assert view.style("cursor").bgcolor == Color.parse("#ff0000").rich_color
        with pytest.raises(KeyError):
            view.style("none of ours")
