"""$EDITOR at the line: the program lets go of the terminal, and goes on working, until the editor is closed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from workbench_kit.desk import Place


async def open_editor(app: App[Any], root: Path, place: Place) -> None:
    """Open ``place`` in the user's editor and return when it is closed. Nothing is drawn in the meantime."""
    from workbench.engine.process.editor import editor_argv, run_in_foreground

    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    argv = editor_argv(chosen, str(root / place.path), place.line)
    try:
        with app.batch_update(), app.suspend():
            code = await asyncio.to_thread(run_in_foreground, argv)
    except SuspendNotSupported:
        app.notify("this terminal cannot be handed to an editor", severity="warning")
        return
    except OSError as error:
        app.notify(f"{argv[0]}: {error.strerror}", severity="error")
        return
    if code:
        app.notify(f"{argv[0]} ended with exit code {code}", severity="warning")
