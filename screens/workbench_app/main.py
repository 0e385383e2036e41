"""The entry point that the command line opens the screens by."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from workbench_kit.garbage import at_start

from workbench_app.app import WorkbenchApp

SOON = 0.0002
"""Seconds after which a thread that computes lets the screen's thread go on."""


def put_keys_first() -> None:
    """Set up the interpreter for a program in which a key press comes first."""
    at_start()
    sys.setswitchinterval(SOON)


def spares_bytes() -> bool:
    """Whether only what changed on the screen is written; WORKBENCH_SLOW_LINK=0 says no."""
    return os.environ.get("WORKBENCH_SLOW_LINK") != "0" and os.name == "posix" and "TEXTUAL_DRIVER" not in os.environ


def run(path: str, options: Namespace | None = None) -> int:
    """Open the workbench on the repository at ``path`` and return the exit code when the user leaves.

    ``options`` is what the command line parsed; ``question`` and ``log`` fill the start screen, ``case`` goes on with a
    case, ``ask`` True begins at once.
    """
    put_keys_first()
    app = WorkbenchApp(path, options)
    if spares_bytes():
        from workbench_kit.slow_link import SlowLinkDriver

        app.driver_class = SlowLinkDriver
    code = app.run()
    return code if code is not None else app.return_code or 0
