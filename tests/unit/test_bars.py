"""Header, impact line, tabs and footer: what gives way first, and what never does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench_kit.commands import Command, Where
from workbench_kit.fitting import Part, fitted, group
from workbench_kit.footer import footer_parts
from workbench_kit.header import IN_MEMORY, Facts, header_groups, header_parts, impact_groups, joined, joined_groups
from workbench_kit.keymap import COMMANDS
from workbench_kit.text import width_of

FULL = Facts(
    title="500s on login, intermittently",
    step=1,
    repo="auth-service",
    branch="main",
    head="3f2c1a0",
    dirty=2,
    passed=41,
    failed=1,
    people="driver: you",
    impact=(
        (3, (Part("since ", "muted"), Part("14:02", "strong"))),
        (6, (Part("29 min"),)),
        (4, (Part("12.6 %", "error strong"), Part(" of requests", "muted"))),
        (8, (Part("last deploy 13:57"),)),
    ),
    next_step="write the test that tells 2 causes apart",
    next_key="t",
)


def text(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


def header(width: int, facts: Facts = FULL) -> str:
    return text(joined(fitted(header_groups(facts), width), 2))


def test_everything_is_there_where_there_is_room() -> None:
    line = header(158)
    for word in (
        FULL.title,
        "1 Investigate",
        "3 Validate",
        "auth-service main 3f2c1a0",
        "±2 files",
        "✔41 ✘1",
        FULL.people,
    ):
        assert word in line


def test_the_title_gives_way_first_then_people_then_the_branch() -> None:
    seen = [header(width) for width in range(158, 57, -1)]
    gone = {
        "title": next(at for at, line in enumerate(seen) if FULL.title not in line),
        "people": next(at for at, line in enumerate(seen) if FULL.people not in line),
        "branch": next(at for at, line in enumerate(seen) if FULL.branch not in line),
    }
    assert gone["title"] < gone["people"] < gone["branch"]
    assert all("1 Investigate" in line and "✔41 ✘1" in line for line in seen)
    assert "…" in seen[gone["title"]]


@settings(max_examples=200)
@given(st.integers(58, 200), st.text(max_size=80), st.text(max_size=40), st.booleans())
def test_no_line_is_wider_than_the_terminal(width: int, title: str, step: str, low: bool) -> None:
    facts = Facts(title=title, step=2, repo="r" * 20, branch=title[:30], head="3f2c1a0", next_step=step, next_key="t")
    groups = joined_groups(facts) if low else header_groups(facts)
    assert width_of(text(joined(fitted(groups, width), 2))) <= width
    assert width_of(text(joined(fitted(impact_groups(facts), width, 1), 1))) <= width


@pytest.mark.parametrize("width", [58, 78, 98, 118, 158])
def test_the_next_step_keeps_its_key(width: int) -> None:
    line = text(joined(fitted(impact_groups(FULL), width, 1), 1))
    assert line.endswith("  t")
    low = text(joined(fitted(joined_groups(FULL), width), 2))
    assert "2 Fix" in low
    assert width < 78 or low.endswith("  t")


def test_in_a_low_terminal_the_next_step_is_whole_before_the_other_steps_are_named() -> None:
    facts = replace(FULL, watching=True, left=16, next_step="make test_refresh_at_once pass", next_key="w")
    line = text(header_parts(replace(facts, stale=True), 78, low=True))
    assert line.endswith("▸ make test_refresh_at_once pass  w")
    assert " 1 Investigate ▸ 2 ▸ 3 " in line
    assert "✔41 ✘1 stale ●" in line
    assert "✔41 ✘1 ●" in text(header_parts(facts, 78, low=True))
    roomy = text(header_parts(replace(facts, repo=""), 158, low=True))
    assert "1 Investigate ▸ 2 Fix ▸ 3 Validate" in roomy
    assert "● watching" in roomy
    assert roomy.count("16 left") == 1
    assert "12.6 % failed" in roomy


@pytest.mark.parametrize("low", [False, True])
@pytest.mark.parametrize("width", [58, 65, 66, 78, 98, 118, 158])
def test_that_a_case_is_not_kept_is_said_at_every_width(width: int, low: bool) -> None:
    line = text(header_parts(replace(FULL, kept=IN_MEMORY), width, low))
    assert ("▲ in memory only" if width >= 66 else "▲ unsaved") in line
    assert "1 Investigate" in line
    assert "✔41 ✘1" in line
    assert width_of(line) <= width


def test_what_was_shortened_takes_the_room_of_what_went() -> None:
    line = header(78, Facts(repo="auth-service", branch="fix/500s-on-login-intermittently", head="818bbca", dirty=2))
    assert line == "◆ workbench   1 Investigate ▸ 2 Fix ▸ 3 Validate   ±2 files"


def test_outside_text_in_a_bar_is_text() -> None:
    facts = Facts(title="[bold red]x[/] \x1b[31mred", repo="a\nb")
    line = header(158, facts)
    assert "\x1b" not in line
    assert "\n" not in line
    assert "[bold red]x[/]" in line


def test_the_footer_shows_help_first_and_cuts_nothing() -> None:
    for width in (8, 20, 40, 78, 158):
        shown = text(footer_parts(COMMANDS, width))
        assert shown.startswith("? help")
        assert width_of(shown) <= width
    assert "J K problem" in text(footer_parts(COMMANDS, 78))


def test_the_footer_keeps_help_even_where_nothing_fits() -> None:
    only = Command("app.help", "question_mark", "help", "", Where.EVERYWHERE, 1)
    assert text(footer_parts([only], 2)) == "? help"


def test_a_group_of_rank_nought_stays() -> None:
    kept = fitted([group(("stays", "")), group(("goes", ""), rank=1)], 3)
    assert [text(each.parts) for each in kept] == ["stays"]
