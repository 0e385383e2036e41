"""Carrying out a command: by the focused view, the screen or the app; what cannot be done now says why."""

from __future__ import annotations

from inspect import isawaitable
from typing import Any

from textual.app import App
from textual.screen import Screen

from workbench_kit.commands import Command, Where
from workbench_kit.keymap import BY_ID, COMMANDS

THERE = frozenset(
    """app.ask app.tour pane.edit case.playbook case.take_over case.point case.trust case.wheel case.invite
    run.this run.stale run.failed run.all run.watch investigate.test investigate.agent fix.edit_hunk fix.prove
    fix.prove_by fix.bisect fix.stress fix.perturb fix.propose fix.needed fix.commit fix.base
    validate.waive validate.approve validate.monitor validate.budget""".split()
)
"""Commands that read, run or change something where the repository is: who joined without it has no use for them, and a
viewer must not reach the machine that serves them."""


def reason(app: App[Any], command: Command) -> str:
    """Why ``command`` cannot be carried out now; empty when it can."""
    desk = getattr(app, "desk", None)
    if desk is not None and command.id in THERE and desk.session.services.wheel.barred:
        return str(desk.session.services.wheel.barred)
    if command.view:
        from workbench_kit.cursor_view import CursorView

        return "" if isinstance(app.focused, CursorView) else "no list or text has the focus"
    for node in _nodes(app):
        if hasattr(node, command.handler[0]):
            why = getattr(node, "why_not", None)
            return str(why(command.id)) if why is not None else ""
    own = getattr(app.screen, "PLACES", ())
    places = (Where.INVESTIGATE, Where.FIX, Where.VALIDATE)
    if command.where in places and command.where not in own:
        return f"only in pane {command.where}"
    return "not built yet" if command.where in own else "not here"


async def carry_out(app: App[Any], name: str) -> None:
    """Carry out the command named ``name``, or say why not."""
    command = BY_ID[name]
    catch_up = getattr(app.screen, "catch_up", None)
    if catch_up is not None and not command.view:
        catch_up()
    why = reason(app, command)
    if why:
        app.notify(why, title=command.label, severity="warning", timeout=3)
    elif command.view:
        await app.run_action(command.view, app.focused)
    else:
        method, arguments = command.handler
        doing = next(getattr(node, method) for node in _nodes(app) if hasattr(node, method))
        made = doing(*arguments)
        if isawaitable(made):
            await made


def offered(app: App[Any]) -> list[Command]:
    """The commands that can be carried out now, in the order of the help."""
    return [command for command in COMMANDS if not reason(app, command)]


def _nodes(app: App[Any]) -> tuple[Screen[Any], App[Any]]:
    return app.screen, app
