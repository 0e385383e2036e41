"""What the settings say of the screens: theme, keys, notices of what took long; and copying that is never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workbench_kit.faults import fault
from workbench_kit.text import plain
from workbench_kit.theme import TERMINAL, themes

from workbench_app.touring import Touring

if TYPE_CHECKING:
    from workbench.engine.jobs import Job
    from workbench.engine.session import Session

LONG = 10.0
"""Seconds from which work is worth a notice when it ends."""


class Preferences(Touring):
    """The part of the app that does what the user prefers."""

    own_keys: Mapping[str, str] = {}
    """Keys by the id of their command, where they differ from the table's."""

    def prefer(self, session: Session) -> None:
        """Take over what the settings of this session say; what cannot be taken is said, and the rest holds."""
        config = session.services.config
        theme = config.get("theme", "")
        if theme and self.theme != TERMINAL.name and theme in (each.name for each in themes()):
            self.theme = theme
        keymap, own = config.get("keymap", "default"), config.get("keys", {})
        if keymap != "default" or own:
            from workbench_kit.keymaps import chosen

            try:
                self.own_keys = chosen(keymap, own)
            except ValueError as error:
                fault(
                    self,
                    f"keys: {error}",
                    "the keys are those of ?",
                    "mend [keys] in the settings: docs/keys.md has the names",
                )
            else:
                self.set_keymap(dict(self.own_keys))
        how = config.get("notify", "off")
        if how in ("bell", "osc9"):
            self._ran_long: list[str] = []
            session.services.jobs.subscribe(lambda job: self._ended(job, how))

    def _ended(self, job: Job, how: str) -> None:
        """Give notice once, when the last of what ran together has ended and any of it took long."""
        if job.running:
            return
        if job.seconds >= LONG:
            self._ran_long.append(f"{plain(job.name)} {job.status.value}")
        busy = self.desk is not None and not self.desk.session.services.jobs.idle
        if busy or not self._ran_long:
            return
        said, self._ran_long = ", ".join(self._ran_long), []
        if how == "bell":
            self.bell()
        else:
            self.tell_terminal(f"\x1b]9;workbench: {said}\x07")

    def tell_terminal(self, sequence: str) -> None:
        """Send a sequence that paints nothing."""
        if self._driver is not None:
            self._driver.write(sequence)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by OSC 52, which not every terminal obeys and none answers; so the text goes into a file too."""
        super().copy_to_clipboard(text)
        if self.desk is not None:
            self.work(self._keep(text, self.desk.session.services.options.cache / "copied.txt"))

    async def _keep(self, text: str, file: Path) -> None:
        lines = text.count("\n") + 1
        said = f"{lines} line{'s' * (lines != 1)} copied"
        try:
            await asyncio.to_thread(_write, file, text)
        except OSError as error:
            todo = "free space there, where the terminal took nothing"
            fault(self, f"{file} could not be written: {error.strerror}", f"{said} to the terminal", todo)
        else:
            self.notify(f"{said}, and in {file}", timeout=3)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
