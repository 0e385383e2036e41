"""Confines a program to the folders that it may write to, by Linux's Landlock: reading stays as it is.

Run as ``python -P -m workbench.engine.process.confine FOLDER... -- ARGV...``: it gives up the right to write anywhere
else, for itself and all that it starts, and becomes ARGV. (Landlock is described in the kernel's documentation,
userspace-api/landlock; its system calls have the same numbers on every architecture.)
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_REMOVE = 1 << 4 | 1 << 5
_MAKE = sum(1 << bit for bit in range(6, 13))
_REFER = 1 << 13

ALWAYS = ("/dev",)
"""Where every program may write: devices and shared memory."""


@cache
def can_confine() -> bool:
    """Whether this kernel has Landlock."""
    return sys.platform == "linux" and _version() > 0


def confined(argv: Sequence[str], writes: Sequence[str]) -> tuple[str, ...]:
    """``argv`` (its first word an absolute path) as a command that can write below ``writes`` alone."""
    return (sys.executable, "-P", "-m", "workbench.engine.process.confine", *writes, "--", *argv)


def confine(folders: Sequence[str]) -> None:
    """From now on this process can write below ``folders`` alone. Raises OSError where the kernel refuses."""
    version = _version()
    rights = _WRITE_FILE | _REMOVE | _MAKE | (_REFER if version > 1 else 0) | (_TRUNCATE if version > 2 else 0)
    handled = struct.pack("Q", rights)
    rules = _call(_CREATE, handled, len(handled), 0)
    for folder in folders:
        try:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        of_a_file = rights & (_WRITE_FILE | _TRUNCATE)
        rule = struct.pack("=Qi", rights if Path(folder).is_dir() else of_a_file, place)
        _call(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
        os.close(place)
    if ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    _call(_RESTRICT, rules, 0)
    os.close(rules)


def _version() -> int:
    try:
        return _call(_CREATE, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def _call(number: int, *arguments: int | bytes | None) -> int:
    said: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    if said < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return said


def main(arguments: Sequence[str]) -> None:
    """Confine, and become the program."""
    at = list(arguments).index("--")
    program = list(arguments[at + 1 :])
    confine([*arguments[:at], *ALWAYS])
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
