"""Every pane's empty state says the next key to press."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from workbench_kit.commands import written
from workbench_kit.keymap import COMMANDS
from workbench_kit.pane import Pane
from workbench_kit.panel import Panel

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, workbench
from tests.snapshots import incident

KEYS = {written(command.keys) for command in COMMANDS if command.keys}
SAYS = re.compile(r'(?:^|[:;.,–] )((?:\d )?\S+)(?: and "\w+")? [a-z]+s\b')
"""A key at the begin of a clause, what it does after it: ``a runs all``, ``8 r asks``, ``: and "ask" asks``."""


def keys_in(text: str) -> list[str]:
    """The keys that a text says something of."""
    return [found[1] for found in SAYS.finditer(text) if found[1].split()[-1] in KEYS]


def silent(driver: Driver) -> list[str]:
    """Empty panels that name no key."""
    empty = [panel for panel in driver.pane.query(Panel) if not panel.row_count()]
    return [f"{panel.id}: {panel.empty}" for panel in empty if not keys_in(panel.empty)]


def test_a_sentence_is_no_key() -> None:
    assert keys_in("no test was run yet: a runs all") == ["a"]
    assert keys_in("nothing is proposed: 8 r asks the fixers") == ["8 r"]
    assert keys_in('nothing. : and "ask" asks another') == [":"]
    assert keys_in("this is a text: it runs") == []


async def test_each_empty_panel_names_the_next_key(tmp_path: Path, make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"a.py": "def total(prices):\n    return sum(prices)\n"})
    options = incident.arguments(tmp_path)
    options.question, options.ask, options.log = "it is slow on mondays", True, []
    async with workbench(repo.path, options, (160, 48)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.settle()
        assert silent(driver) == []
        await driver.press("2")
        await driver.settle()
        await driver.until(lambda: driver.session.change.base, "the change")
        await driver.still()
        assert silent(driver) == []
        for name in ("tests", "output", "change", "proof", "proposals"):
            assert keys_in(" ".join(re.sub(r"[│╭╮╰╯─]", " ", driver.shown(name)).split())), driver.shown(name)
        await driver.press("3")
        await driver.until(lambda: driver.session.gates.known, "the gates")
        await driver.still()
        assert silent(driver) == []
        for name in ("detail", "plan", "monitor"):
            assert keys_in(" ".join(re.sub(r"[│╭╮╰╯─]", " ", driver.shown(name)).split())), driver.shown(name)
        await driver.press("colon")
        await driver.type("ask")
        await driver.press("enter")
        assert driver.app.current_mode == "start", "as the panels of pane 1 say"
