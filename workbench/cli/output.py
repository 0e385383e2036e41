"""Printing: documents as JSON, text without control characters, progress on standard error."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` with every control character (escape sequences, bidirectional overrides) made visible, not acted on."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


_WORDS = {
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
_PLAIN = str.maketrans(_WORDS)


def spoken(text: str) -> str:
    """``text`` as a screen reader reads it, after ``--plain``."""
    return text.translate(_PLAIN) if os.environ.get("WORKBENCH_PLAIN") else text


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, indent=2, ensure_ascii=True)
    print()


def say(text: str = "") -> None:
    """One line of outside or own text on standard output."""
    print(spoken(plain(text)).encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"))


def write(text: str) -> None:
    """Several lines on standard output, each as :func:`say` writes it."""
    for line in text.split("\n"):
        say(line)


def fail(what: str, kept: str = "", todo: str = "") -> None:
    """An error on standard error: what happened, what was kept, what to do."""
    print(f"workbench: {spoken(plain(what))}", file=sys.stderr)
    for line in (kept, todo):
        if line:
            print(f"  {spoken(plain(line))}", file=sys.stderr)


def aside(text: str) -> None:
    """One line on standard error that is no error: what somebody should know who reads along."""
    print(spoken(plain(text)), file=sys.stderr)


class Progress:
    """A line of progress on standard error, rewritten in place on a terminal and silent elsewhere."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not os.environ.get("WORKBENCH_PLAIN")

    def show(self, text: str) -> None:
        """Show ``text`` in place of the last one."""
        if self._shown:
            print(f"\r\x1b[K{plain(text)[:100]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
