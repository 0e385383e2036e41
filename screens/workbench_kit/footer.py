"""The footer: keys by priority, ``?`` first and never cut."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.bar import Bar
from workbench_kit.commands import Command, written
from workbench_kit.fitting import Part
from workbench_kit.keymap import TOGETHER
from workbench_kit.text import width_of

GAP = "  "


def entries(commands: Sequence[Command]) -> list[tuple[str, str, str]]:
    """(keys, label, id) of the commands that have a place in the footer, by that place."""
    keys = {command.id: written(command.keys) for command in commands}
    shown = sorted((command for command in commands if command.footer), key=lambda command: command.footer)
    made = []
    for command in shown:
        partner = TOGETHER.get(command.id)
        both = f"{keys[command.id]} {keys[partner]}" if partner in keys else keys[command.id]
        made.append((both, command.label, command.id))
    return made


def footer_parts(commands: Sequence[Command], width: int) -> list[Part]:
    """As many entries as fit, whole; the first one always."""
    parts: list[Part] = []
    left = width
    for keys, label, name in entries(commands):
        size = width_of(f"{keys} {label}") + (len(GAP) if parts else 0)
        if size > left and parts:
            break
        left -= size
        parts += [Part(GAP)] if parts else []
        parts += [Part(keys, "key", name), Part(f" {label}", "", name)]
    return parts


class Footer(Bar):
    """The last line. ``commands`` are those that can be carried out now."""

    commands: Sequence[Command] = ()

    def parts(self, width: int) -> Sequence[Part]:
        return footer_parts(self.commands, width)
