"""The entry point that the command line opens the screens by."""

from __future__ import annotations

from argparse import Namespace

from workbench_app.app import WorkbenchApp


def run(path: str, options: Namespace | None = None) -> int:
    """Open the workbench on the repository at ``path`` and return the exit code when the user leaves.

    ``options`` is what the command line parsed; ``question`` and ``log`` fill the start screen, ``case`` goes on with a
    case, ``ask`` True begins at once.
    """
    app = WorkbenchApp(path, options)
    code = app.run()
    return code if code is not None else app.return_code or 0
