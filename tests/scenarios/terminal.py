"""The real program in a real terminal: tmux on a socket of its own, keys sent, the screen read back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import pytest

PATIENCE = 90.0
"""Seconds after which what is waited for counts as not coming: the machine may be busy."""

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

WORKBENCH = Path(sys.executable).with_name("workbench")


class Terminal:
    """A terminal of ``size`` with a program in it; its files lie below ``folder``."""

    def __init__(self, folder: Path, size: tuple[int, int], *argv: str, **variables: str) -> None:
        self._socket = str(folder / "tmux.sock")
        home = folder / "home"
        home.mkdir(exist_ok=True)
        given = {"HOME": str(home), "WORKBENCH_CACHE": str(folder / "cache"), "LANG": "C.UTF-8", **variables}
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        self._environment = {**kept, **given}
        settings = ["env", *(f"{name}={value}" for name, value in given.items())]  # tmux sets TERM by itself
        width, height = size
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), *settings, *argv)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], env=self._environment, capture_output=True)

    def _tmux(self, *args: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *args], env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return self._tmux("capture-pane", "-p")

    @property
    def colours(self) -> str:
        """The same with its escape sequences."""
        return self._tmux("capture-pane", "-p", "-e")

    @property
    def state(self) -> str:
        """Whether the other screen is shown, and the cursor."""
        return self._tmux("display-message", "-p", "alternate #{alternate_on} cursor #{cursor_flag}").strip()

    @property
    def alive(self) -> bool:
        """Whether the program runs."""
        command = ["tmux", "-S", self._socket, "has-session"]
        return subprocess.run(command, env=self._environment, capture_output=True).returncode == 0

    def keys(self, *keys: str) -> None:
        """Press keys, named as tmux names them."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._tmux("send-keys", "-l", text)

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def written_over(self, text: str) -> None:
        """Another program writes on the same terminal."""
        Path(self._tmux("display-message", "-p", "#{pane_tty}").strip()).write_text(text)

    def sees(self, *texts: str, gone: str = "") -> str:
        """Wait until all of ``texts`` stand on the screen and ``gone`` does not; gives the screen."""
        end = time.monotonic() + PATIENCE
        while True:
            shown = self.text
            if all(text in shown for text in texts) and not (gone and gone in shown):
                return shown
            assert time.monotonic() < end, f"{texts} did not come:\n{shown}"
            time.sleep(0.1)

    def ended(self) -> None:
        """Wait until the program has left."""
        end = time.monotonic() + PATIENCE
        while self.alive:
            assert time.monotonic() < end, f"it did not leave:\n{self.text}"
            time.sleep(0.1)
