"""The code panel: the file of the selection, read off the loop, with what the case says of its lines."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.worker import WorkType
from workbench_kit.code_view import WINDOW, CodeView, lines_of
from workbench_kit.desk import Place
from workbench_kit.panel import Panel

from workbench.analysis.syntax import Spans
from workbench.engine.views import Views
from workbench_investigate.code import entered, heats, said
from workbench_investigate.listing import position
from workbench_investigate.source import Source, read_source

if TYPE_CHECKING:
    from workbench.engine.session import Session


SOON = 0.06
"""Seconds that the text waits for its colours: to paint it twice costs more than it wins."""

EDITED = "edited since it was looked at"
"""What is said of a file whose lines may stand elsewhere now than the reasons beside them."""


class CodePanel(Panel, CodeView):
    """The selected file as a panel. ``follow_views`` renews what stands under and beside its lines."""

    class Shown(Message):
        """Another file is shown."""

    _views = Views()
    _note = ""
    _loading = Place()
    _annotated: tuple[Any, ...] = ()

    def show_place(self, session: Session, place: Place) -> None:
        """Go to ``place`` of the repository; of files that are still to be read, only the last one is shown."""
        if self.path == place.path:
            self.go_line(place.line)
        elif self._loading != place:
            self._loading = place
            read: WorkType[None] = partial(self._loaded, session, place)
            self.run_worker(read, group="code", exclusive=True, exit_on_error=False)

    def follow_views(self, views: Views) -> None:
        """Say what ``views`` says of the lines, if it is something else than stands there."""
        self._views = views
        annotated = (said(views, self.path), heats(views, self.path), entered(views, self.path))
        if self.path and annotated != self._annotated:
            self._annotated = annotated
            self.annotate(*annotated)
        self.caption = self._note or position(views, self.path)

    def reread(self, session: Session) -> None:
        """Show the file as it is now, the cursor where it was."""
        if self.path and not self._loading.path:
            read: WorkType[None] = partial(self._reread, session, self.path)
            self.run_worker(read, group="code", exclusive=True, exit_on_error=False)

    async def _reread(self, session: Session, path: str) -> None:
        source = await read_source(session.services.repository.root, path)
        if lines_of(source.text) != self.source:
            await self._put(Place(path, self.line), replace(source, note=source.note or EDITED))

    async def _loaded(self, session: Session, place: Place) -> None:
        await session.bring(place.path)
        await self._put(place, await read_source(session.services.repository.root, place.path))

    async def _put(self, place: Place, source: Source) -> None:
        spans = await self._colours(place, source.text)
        annotations, heat = said(self._views, place.path), heats(self._views, place.path)
        marks = entered(self._views, place.path)
        self._annotated = (annotations, heat, marks)
        self.show_code(place.path, source.text, annotations, heat, place.line, marks, spans)
        self.retitle(place.path)
        self._note, self._loading = source.note, Place()
        self.caption = self._note or position(self._views, place.path)
        self.stand()
        self.post_message(self.Shown())

    async def _colours(self, place: Place, text: str) -> dict[int, list[Spans]]:
        """The colours of the lines that come in sight, unless they take long: then the text stands without them."""
        number = max(0, place.line - 1) // WINDOW
        start = number * WINDOW
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                return {number: await self.highlighter.spans(place.path, lines_of(text), start, start + WINDOW)}
        return {}
