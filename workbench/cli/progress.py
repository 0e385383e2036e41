"""Progress of a verb that takes long, on standard error."""

from __future__ import annotations

import os
import sys
import threading
from time import monotonic

from workbench.cli.output import GIVE_WAY, plain, spoken

BRIEF = 0.3
"""Seconds of work that is not worth a word."""
PLAIN = 10.0
"""Seconds between two lines of progress that are read aloud."""


class Progress:
    """What long work shows on standard error while it goes on: how far it is, the time so far, how to stop it.

    On a terminal one line is rewritten in place, once a second; with ``--plain`` a line of its own is said every
    PLAIN seconds; where nobody looks (a pipe, a file), nothing is. What is printed meanwhile takes its place.
    """

    def __init__(self, text: str = "") -> None:
        self._began = monotonic()
        self._plain = bool(os.environ.get("WORKBENCH_PLAIN"))
        self._looked_at = sys.stderr.isatty()
        self._text = ""
        self._drawn = False
        self._lock = threading.Lock()
        self._stop: threading.Event | None = None
        if text:
            self.show(text)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *raised: object) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Show ``text`` in place of the last one, and go on counting."""
        if not self._looked_at:
            return
        self._text = text
        if self._stop is None:
            self._stop = threading.Event()
            GIVE_WAY.append(self.wipe)
            threading.Thread(target=self._count, args=(self._stop,), daemon=True).start()
        if not self._plain:
            self.tick()

    def clear(self) -> None:
        """The work has ended: take the line away."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None
            GIVE_WAY.remove(self.wipe)
        self.wipe()

    def wipe(self) -> None:
        """Take the line away until it is drawn again."""
        with self._lock:
            if self._drawn:
                self._drawn = False
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def line(self) -> str:
        """What is shown now."""
        seconds = int(monotonic() - self._began)
        return f"{plain(self._text)} · {seconds // 60}:{seconds % 60:02d} · Ctrl-C stops"

    def _count(self, stop: threading.Event) -> None:
        while not stop.wait(PLAIN if self._plain else 1.0):
            self.tick()

    def tick(self) -> None:
        """Say it again, with the time so far."""
        with self._lock:
            if self._stop is None or monotonic() - self._began < BRIEF:
                return
            if self._plain:
                print(spoken(self.line()), file=sys.stderr, flush=True)
                return
            import shutil

            room = shutil.get_terminal_size().columns - 1
            line = self.line()
            if len(line) > room:
                end = " · " + " · ".join(line.rsplit(" · ", 2)[1:])
                line = line[: max(0, room - len(end) - 1)] + "…" + end
            print(f"\r\x1b[K{line[:room]}", end="", file=sys.stderr, flush=True)
            self._drawn = True
