"""The key table: nothing collides, every key of a view is in it, and a user's keymap may replace any of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widget import Widget
from workbench_app.app import WorkbenchApp
from workbench_fix.pane import FixPane
from workbench_investigate.code_panel import CodePanel
from workbench_investigate.log_panel import LogPanel
from workbench_investigate.pane import InvestigatePane
from workbench_kit.commands import Where, written
from workbench_kit.keymap import BY_ID, COMMANDS, collisions, with_keys
from workbench_kit.keymaps import KEYMAPS
from workbench_kit.panel import ListPanel, TextPanel, TreePanel
from workbench_validate.pane import ValidatePane

ROOT = Path(__file__).resolve().parents[2]
VIEWS: tuple[type[Widget], ...] = (ListPanel, TreePanel, TextPanel, CodePanel, LogPanel)
TAKEN_BY_TERMINALS = {"ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s"}


def view_bindings() -> Iterator[Binding]:
    """Every binding that a kit view brings itself, its bases' too."""
    for view in VIEWS:
        for base in view.__mro__:
            if base.__module__.startswith("workbench_"):
                yield from (each for each in base.__dict__.get("BINDINGS", ()) if isinstance(each, Binding))


def test_no_key_means_two_things_in_one_pane() -> None:
    assert collisions(COMMANDS) == []


def test_a_collision_would_be_found() -> None:
    with pytest.raises(ValueError, match="J is both"):
        with_keys({"view.copy": "J"})
    with pytest.raises(ValueError, match=r"no such command: view\.copying"):
        with_keys({"view.copying": "Y"})


def test_panes_may_give_a_letter_each_their_own_meaning_only_where_the_table_says_so() -> None:
    keys: dict[str, set[str]] = {}
    for command in COMMANDS:
        for key in filter(None, command.keys.split(",")):
            keys.setdefault(key, set()).add(command.label)
    told = {"escape": {"back", "cancel"}, "E": {"edit cause", "edit hunk"}}
    assert {key: labels for key, labels in keys.items() if len(labels) > 1} == told


def test_what_views_bind_is_what_the_table_says() -> None:
    for binding in view_bindings():
        assert binding.id is not None, binding
        assert binding.id in BY_ID, binding
        command = BY_ID[binding.id]
        assert (binding.key, binding.action) == (command.keys, command.view), command.id


def test_the_app_and_the_panes_bind_every_command_that_is_not_a_views() -> None:
    bound = {
        binding.id
        for owner in (WorkbenchApp, InvestigatePane, FixPane, ValidatePane)
        for base in owner.__mro__
        for binding in base.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and base.__module__.startswith("workbench_")
    }
    expected = {command.id for command in COMMANDS if command.keys and not command.view}
    assert expected <= bound
    assert bound - expected == {"app.leave"}


def test_every_binding_has_an_id_and_no_key_is_one_that_terminals_take() -> None:
    assert len(BY_ID) == len(COMMANDS)
    keys = {key for command in COMMANDS for key in command.keys.split(",")}
    assert not keys & TAKEN_BY_TERMINALS


def test_a_keymap_replaces_keys_by_id_and_takes_characters_as_they_are_typed() -> None:
    made = {command.id: command for command in with_keys({"app.fix": "f2", "app.help": "!"})}
    assert made["app.fix"].keys == "f2"
    assert made["app.help"].keys == "exclamation_mark"
    assert made["app.validate"].keys == "3"


def test_keys_are_written_as_a_person_reads_them() -> None:
    shown = {command.id: written(command.keys) for command in COMMANDS}
    assert (shown["app.help"], shown["find.ask"], shown["pane.zoom"], shown["fix.split"]) == ("?", "/", "+", "|")
    assert shown["app.palette"] == ":"


def test_help_first_in_the_footer() -> None:
    assert min((command for command in COMMANDS if command.footer), key=lambda command: command.footer).id == "app.help"
    assert {command.where for command in COMMANDS} >= set(Where) - {Where.VALIDATE}


def test_what_is_of_the_repository_alone_are_commands_that_there_are() -> None:
    from workbench_kit.dispatch import THERE

    assert set(BY_ID) >= THERE


def every_binding() -> Iterator[tuple[str, Binding]]:
    """Every binding of every class of the screens, dialogs and fields too, and by whom it is brought."""
    folders = (ROOT / "screens").iterdir()
    for path in sorted(file for folder in folders for file in folder.glob("*.py")):
        module = import_module(f"{path.parent.name}.{path.stem}".removesuffix(".__init__"))
        for name, known in vars(module).items():
            if isinstance(known, type) and known.__module__ == module.__name__:
                own = known.__dict__.get("BINDINGS", ())
                yield from ((name, each) for each in own if isinstance(each, Binding))


def test_no_key_needs_alt_or_ctrl_with_shift_which_terminals_do_not_send() -> None:
    told = {f"{owner} {each.action}": each.key for owner, each in every_binding()}
    told |= {command.id: command.keys for command in COMMANDS}
    told |= {f"{name} {id}": keys for name, own in KEYMAPS.items() for id, keys in own.items()}
    assert len(told) > 100
    found = {
        whose: key
        for whose, keys in told.items()
        for key in keys.split(",")
        if {"alt", "meta", "super", "hyper"} & set(key.split("+")) or {"ctrl", "shift"} <= set(key.split("+"))
    }
    assert found == {}
