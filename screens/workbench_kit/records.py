"""The case's timeline and the commands that were run, as rows to read."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from workbench.case.state import Entry
from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import fit, wrap
from workbench_kit.when import brief

if TYPE_CHECKING:
    from workbench.engine.process.commands import Ran


def timeline_rows(
    entries: Sequence[Entry], stars: Collection[str] = (), corrections: Mapping[str, str] | None = None
) -> Build:
    """When, who and what of every entry, the newest last; a correction stands under what it corrects."""

    def build(width: int) -> list[Row]:
        rows: list[Row] = []
        for entry in entries:
            star: Piece = ("★ " if entry.id in stars else "  ", "warning")
            head: Piece = (f"{entry.at.strftime('%d %b %H:%M:%S')}  {fit(entry.actor, 18)}  ", "muted")
            indent = (" " * (len(head[0]) + 2), "")
            room = max(20, width - len(indent[0]))
            for number, part in enumerate(wrap(entry.text, room)):
                rows.append(Row(Line((indent, (part, "")) if number else (star, head, (part, ""))), ref=entry.id))
            corrected = (corrections or {}).get(entry.id, "")
            parts = wrap(f"corrected later: {corrected}", room) if corrected else ()
            rows += [Row(Line((indent, (part, "history"))), ref=entry.id) for part in parts]
        return rows

    return build


def command_rows(ran: Sequence[Ran]) -> Build:
    """Exit code, duration, directory and argv of every command, the newest last."""

    def build(width: int) -> list[Row]:
        rows: list[Row] = []
        for command in ran:
            good = command.exit_code == 0
            head: tuple[Piece, ...] = (
                ("✔ " if good else f"✘ {command.exit_code} ", "success" if good else "error"),
                (f"{brief(command.seconds):>7}  ", "muted"),
            )
            room = max(20, width - 12)
            for number, part in enumerate(wrap(shlex.join(command.argv), room)):
                rows.append(Row(Line((*head, (part, "")) if not number else ((" " * 12, ""), (part, "")))))
            if command.cwd:
                rows.append(Row(Line(((" " * 12 + f"in {command.cwd}", "muted"),))))
        return rows

    return build
