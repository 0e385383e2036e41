"""Errors that cross a layer."""

from __future__ import annotations

from collections.abc import Sequence


class ToldError(Exception):
    """What ends what was asked for: a line for a person, who is told what was kept and what to do in place of a
    traceback (workbench.cli.ending)."""


class GitError(ToldError):
    """Git failed: a missing signal, never a crash. ``argv`` without the guards, ``exit_code``, ``stderr`` as text."""

    def __init__(self, argv: Sequence[str], exit_code: int, stderr: str) -> None:
        super().__init__(f"git {' '.join(argv)}: {stderr.strip() or f'exit code {exit_code}'}")
        self.argv = tuple(argv)
        self.exit_code = exit_code
        self.stderr = stderr


class CommandMissingError(Exception):
    """There is no such program where programs are looked for."""
