"""Programs in the foreground, on our own terminal: the user's editor above all."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import PurePath

_GOTO = ("code", "codium", "cursor", "zed", "subl", "hx", "helix", "mate")
"""Editors that take the line as ``file:line``."""
_FLAGS = {"code": ("--wait", "--goto"), "codium": ("--wait", "--goto"), "cursor": ("--wait", "--goto")}


def editor_argv(editor: str, path: str, line: int = 0) -> list[str]:
    """The command that opens ``path`` (absolute) at ``line`` (1-based, 0: nowhere) in ``editor``, as $EDITOR has it."""
    command = shlex.split(editor) or ["vi"]
    name = PurePath(command[0]).name
    if not line:
        return [*command, path]
    if name in _GOTO:
        return [*command, *_FLAGS.get(name, ()), f"{path}:{line}"]
    return [*command, f"+{line}", path]


def run_in_foreground(argv: Sequence[str], quiet: bool = False) -> int:
    """Run ``argv`` on our own terminal and give its exit code; ``quiet`` sends what it prints to standard error.

    OSError rises when there is no such program.
    """
    return subprocess.run(list(argv), stdout=sys.stderr if quiet else None, check=False).returncode
