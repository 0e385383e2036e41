"""Printing: documents as JSON, text without control characters."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

GIVE_WAY: list[Callable[[], None]] = []
"""Called before anything is printed: what is drawn in the last line of the terminal gives way."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` with every control character (escape sequences, bidirectional overrides) made visible, not acted on."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


WORDS = {
    "✔": "ok",
    "✘": "bad",
    "▲": "warning",
    "◇": "history",
    "◐": "running",
    "○": "waiting",
    "●": "on",
    "◆": "*",
    "▸": ">",
    "▾": ">",
    "▴": "^",
    "┊": "|",
    "│": "|",
    "─": "-",
    "·": "-",
    "–": "-",
    "−": "-",
    "→": "->",
    "←": "<-",
    "…": "...",
    "×": "x",
    "⏎": "Enter",
    **{bar: str(height) for height, bar in enumerate("▁▂▃▄▅▆▇█", 1)},
}
"""What our glyphs are read as; a sparkline's bars by their height from 1 to 8."""
_PLAIN = str.maketrans(WORDS)


def spoken(text: str) -> str:
    """``text`` as a screen reader reads it, after ``--plain``."""
    return text.translate(_PLAIN) if os.environ.get("WORKBENCH_PLAIN") else text


def _make_way() -> None:
    for wipe in tuple(GIVE_WAY):
        wipe()


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    _make_way()
    print(json.dumps(document, indent=2))


def print_event(document: Any) -> None:
    """One JSON document as a line on standard output, at once."""
    _make_way()
    print(json.dumps(document), flush=True)


def say(text: str = "") -> None:
    """One line of outside or own text on standard output."""
    _make_way()
    print(spoken(plain(text)).encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"))


def write(text: str) -> None:
    """Several lines on standard output, each as :func:`say` writes it."""
    for line in text.split("\n"):
        say(line)


NOTHING = "nothing was done"


def fail(what: str, kept: str = NOTHING, todo: str = "") -> None:
    """An error on standard error: what happened, what was kept, what to do."""
    _make_way()
    print(f"workbench: {spoken(plain(what))}", file=sys.stderr)
    for line in (kept, todo):
        if line:
            print(f"  {spoken(plain(line))}", file=sys.stderr)


def aside(text: str) -> None:
    """One line on standard error that is no error: what somebody should know who reads along."""
    _make_way()
    print(spoken(plain(text)), file=sys.stderr)
