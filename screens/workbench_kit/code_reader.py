"""A place in the code, to read over the pane."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from workbench_kit.code_view import Annotation, CodeView, lines_of
from workbench_kit.desk import Place
from workbench_kit.dialogs import Dialog
from workbench_kit.editor import open_editor

if TYPE_CHECKING:
    from workbench.engine.session import Session

MOST = 5 << 20
"""Bytes of a file that are shown at most."""


class CodeReader(Dialog[None]):
    """Shows the file of ``place`` with the cursor on its line, and what is said of that line under it."""

    DEFAULT_CSS = """
    CodeReader {
        & > Vertical { width: 94%; height: 90%; }
        CodeView { height: 1fr; background: $raised; scrollbar-background: $raised; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "edit", "Edit", show=False, id="reader.edit")]

    def __init__(self, session: Session, place: Place) -> None:
        super().__init__(f"{place.path}:{place.line}" if place.line else place.path, "/ find   e edit   esc close")
        self._session = session
        self._place = place

    def compose(self) -> ComposeResult:
        yield self.frame(CodeView())

    async def on_mount(self) -> None:
        place = self._place
        await self._session.bring(place.path)
        text = await asyncio.to_thread(_read, self._session.services.repository.root, place.path)
        said = [Annotation(place.line, place.text)] if place.text and place.line else []
        view = self.query_one(CodeView)
        view.show_code(place.path, text, said, line=max(1, place.line))
        view.focus()
        self.call_after_refresh(view.show_row, place.line - 1)

    def action_edit(self) -> None:
        self.run_worker(self._edit(), exit_on_error=False)

    async def _edit(self) -> None:
        """Open the editor at the cursor, then show what was saved, the cursor where it was."""
        view = self.query_one(CodeView)
        place = Place(self._place.path, view.line)
        await open_editor(self.app, self._session, place)
        text = await asyncio.to_thread(_read, self._session.services.repository.root, place.path)
        if lines_of(text) != view.source:
            view.show_code(place.path, text, line=place.line)


def _read(root: Path, name: str) -> str:
    path = root / name
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return f"{name}: not of this repository"
        with path.open("rb") as file:
            return file.read(MOST).decode("utf-8", "surrogateescape")
    except OSError as error:
        return f"{path.name}: {error.strerror}"
