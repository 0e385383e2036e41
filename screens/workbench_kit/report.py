"""A report over the pane: to read, to copy, and to write into a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from workbench_kit.dialogs import Prompt
from workbench_kit.panel import Build
from workbench_kit.reader import Reader

Write = Callable[[str], Awaitable[None]]


class Report(Reader):
    """Shows ``build``; ``write`` is handed the file that it is to be written to, ``file`` is proposed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "write", "Write", show=False, id="report.write")]

    def __init__(self, title: str, build: Build, file: str, write: Write) -> None:
        super().__init__(title, build, "nothing is recorded yet", newest=False)
        self._hint = "w write to a file   / find   y copy   esc close"
        self._file = file
        self._write = write

    def action_write(self) -> None:
        def written(name: str | None) -> None:
            if name:
                self.run_worker(self._write(name), exit_on_error=False)

        self.app.push_screen(Prompt("Write to (its end says the format: .md .html .json)", self._file), written)
