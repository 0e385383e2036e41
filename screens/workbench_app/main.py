"""The entry point that the command line opens the screens by."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace

from workbench_app.app import WorkbenchApp

RARELY = (50_000, 20, 50)
"""Objects made between two garbage collections, and younger collections between older ones: thousands of findings that
stream in are no garbage, and looking through them again and again is what a key press would wait for."""

SOON = 0.001
"""Seconds after which a thread that computes lets the screen's thread go on."""


def put_keys_first() -> None:
    """Set up the interpreter for a program in which a key press comes first."""
    gc.set_threshold(*RARELY)
    sys.setswitchinterval(SOON)


def run(path: str, options: Namespace | None = None) -> int:
    """Open the workbench on the repository at ``path`` and return the exit code when the user leaves.

    ``options`` is what the command line parsed; ``question`` and ``log`` fill the start screen, ``case`` goes on with a
    case, ``ask`` True begins at once.
    """
    put_keys_first()
    app = WorkbenchApp(path, options)
    code = app.run()
    return code if code is not None else app.return_code or 0
