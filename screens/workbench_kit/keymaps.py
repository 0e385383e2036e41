"""Keymaps by name, and which key a command has under one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from textual.app import App

from workbench_kit.commands import Command, written
from workbench_kit.keymap import BY_ID, COMMANDS, with_keys

_ARROWS = {
    "nav.down": "down",
    "nav.up": "up",
    "nav.first": "home",
    "nav.last": "end",
    "nav.fold": "left",
    "nav.unfold": "right",
    "nav.left": "shift+left",
    "nav.right": "shift+right",
    "pane.next_problem": "shift+down,J",
    "pane.previous_problem": "shift+up,K",
}
_VSCODE = {
    **_ARROWS,
    "app.palette": "f1,colon,ctrl+p",
    "find.ask": "ctrl+f,slash",
    "find.next": "f3,n",
    "find.previous": "shift+f3,N",
    "pane.next_problem": "f8,J",
    "pane.previous_problem": "shift+f8,K",
    "pane.undo": "ctrl+z,z",
    "pane.redo": "ctrl+y,Z",
    "run.this": "f5,r",
    "run.stop": "shift+f5,S",
}
KEYMAPS: Mapping[str, Mapping[str, str]] = {"default": {}, "arrows": _ARROWS, "vscode": _VSCODE}
"""Ids of commands with their keys, where these differ from the table's. Every letter has its meaning in all of them,
but those that only move."""


def chosen(name: str, own: Mapping[str, str]) -> dict[str, str]:
    """The keys under the keymap ``name`` with the user's ``own`` over it, only those that differ from the table's.

    Raises ValueError for a keymap or a command that there is not, and for keys that collide.
    """
    if name not in KEYMAPS:
        raise ValueError(f"no keymap {name}: there are {', '.join(KEYMAPS)}")
    made = with_keys({**KEYMAPS[name], **own})
    return {command.id: command.keys for command in made if command.keys != BY_ID[command.id].keys}


def keyed(app: App[Any], command: Command) -> Command:
    """The command with the keys that it has in this run of the program."""
    keys: Mapping[str, str] = getattr(app, "own_keys", {})
    return replace(command, keys=keys[command.id]) if command.id in keys else command


def as_pressed(app: App[Any], keys: str) -> str:
    """Keys as the table writes them ("J", "7 r"), as they are pressed in this run."""
    own: Mapping[str, str] = getattr(app, "own_keys", {})
    if not own:
        return keys
    here = {written(each.keys): written(own[each.id]) for each in reversed(COMMANDS) if each.keys and each.id in own}
    return " ".join(here.get(key, key) for key in keys.split(" "))
