"""What went wrong, said on the screen in three parts: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import Any

from textual.app import App

UNDONE = "what was done before that is kept in the case"
RETRY = "do it again; T shows what was recorded, @ the commands that ran"


def told(what: str, kept: str, todo: str) -> str:
    """The three parts, a line each."""
    return "\n".join((" ".join(what.split()).rstrip(".") or "it failed and gave no reason", kept, todo))


def fault(
    app: App[Any], what: str, kept: str, todo: str, *, title: str = "", grave: bool = False, timeout: float = 20
) -> None:
    """Say that something could not be done, as plain text, for ``timeout`` seconds; ``grave`` where it broke."""
    app.notify(
        told(what, kept, todo), title=title, severity="error" if grave else "warning", timeout=timeout, markup=False
    )
