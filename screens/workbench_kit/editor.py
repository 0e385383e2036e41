"""$EDITOR at the line: the program lets go of the terminal, and goes on working, until the editor is closed."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from textual.app import App, SuspendNotSupported

from workbench_kit.desk import Place
from workbench_kit.faults import fault

if TYPE_CHECKING:
    from workbench.engine.session import Session


async def open_editor(app: App[Any], session: Session, place: Place) -> None:
    """Open ``place`` in the user's editor and return when it is closed. Nothing is drawn in the meantime. Where the
    case was joined without its repository there is nothing to edit, and nothing is started."""
    if session.services.wheel.barred:
        fault(app, "you joined without the repository", "no file was opened", "join from a checkout of it to edit")
        return
    from workbench.engine.process.editor import editor_argv, run_in_foreground

    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    argv = editor_argv(chosen, str(session.services.repository.root / place.path), place.line)
    try:
        with app.batch_update(), app.suspend():
            code = await asyncio.to_thread(run_in_foreground, argv)
    except SuspendNotSupported:
        fault(
            app,
            "this terminal cannot be handed to an editor",
            "no file was opened",
            f"open {place.path}:{place.line} elsewhere",
        )
        return
    except OSError as error:
        fault(
            app, f"{argv[0]}: {error.strerror}", "no file was opened", "set EDITOR to one that is on PATH", grave=True
        )
        return
    if code:
        said = f"{argv[0]} ended with exit code {code}"
        fault(app, said, "what it saved is in the files", "look at what it said, or set EDITOR to another")
