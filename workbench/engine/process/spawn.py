"""Starting our own child programs: one module each, one socket each, nothing of the surroundings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

NEUTRAL = "/"
"""A working directory outside any repository."""


def spawn(module: str, channel: socket.socket, *arguments: str) -> subprocess.Popen[bytes]:
    """Start ``module`` of ours with the number of ``channel`` and ``arguments``. Raises OSError.

    It gets no standard streams, a session of its own (the terminal's signals pass it by) and a neutral directory, and
    imports nothing from there. ``channel`` stays open here: the caller closes its copy.
    """
    command = [sys.executable, "-P", "-m", module, str(channel.fileno()), *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=NEUTRAL,
        env=_environment(),
        pass_fds=(channel.fileno(),),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """Our environment without what would change how an interpreter starts; its import path stays ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name == "PYTHONPATH"}
