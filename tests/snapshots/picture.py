"""A screen as text: what stands on it, and in which styles. The snapshots beside this file are such pictures.

After a wanted change of the screens: ``WORKBENCH_UPDATE=1 python -m pytest tests/snapshots``, then read the difference
that git shows.
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual._context import visible_screen_stack
from textual.app import App

FOLDER = Path(__file__).with_name("screens")
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SHOWN = {"investigate-160x48": "investigate", "work-24-160x48": "fix", "work-34-160x48": "validate"}
"""Screens that are pictures of the docs, with the name they have there."""
UPDATE = bool(os.environ.get("WORKBENCH_UPDATE"))

_TEXT = re.compile(r'<text class="\S+-(r\d+)" x="([\d.]+)" y="[\d.]+"[^>]*-line-(\d+)\)">(.*?)</text>')
_RULE = re.compile(r"\.\S+-(r\d+) \{ (.*?) \}")
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""They would be fetched from elsewhere."""
_CELL = 12.2
"""Width of a cell in Rich's SVG."""


def text_of(app: App[Any]) -> str:
    """The lines of the screen, a character a cell: a twentieth of the work of a screenshot, for who looks often."""
    visible_screen_stack.set(app._background_screens)
    lines = []
    for strip in app.screen._compositor.render_strips():
        line, at = [" "] * app.size.width, 0
        for segment in strip:
            line[at : at + len(segment.text)] = segment.text
            at += cell_len(segment.text)
        lines.append("".join(line).rstrip())
    return "\n".join(lines)


def described(svg: str, width: int, height: int) -> str:
    """The lines of a screenshot of that many cells, then how many cells have which style."""
    rules = dict(_RULE.findall(svg))
    lines = [[" "] * width for _ in range(height)]
    styles: Counter[str] = Counter()
    for style, x, row, text in _TEXT.findall(svg):
        shown = unescape(text).replace("\u00a0", " ")
        start = round(float(x) / _CELL)
        lines[int(row)][start : start + len(shown)] = shown
        styles[rules[style]] += len(shown.replace(" ", ""))
    body = "\n".join("".join(line).rstrip() for line in lines)
    told = "\n".join(f"{count:5}  {style}" for style, count in sorted(styles.items()) if count)
    return f"{body}\n\n{told}\n"


def check_screen(name: str, app: App[Any]) -> None:
    """Compare the screen with the snapshot of that name, and the picture of the docs, where it is one, with both."""
    svg, (width, height) = app.export_screenshot(title="workbench"), app.size
    made = described(svg, width, height)
    check(name, made)
    if name in SHOWN:
        file = PICTURES / f"{SHOWN[name]}.svg"
        if UPDATE:
            file.parent.mkdir(exist_ok=True)
            file.write_text(_FONTS.sub("", svg), encoding="utf-8")
        check(name, described(file.read_text(encoding="utf-8"), width, height))


def check(name: str, made: str) -> None:
    """Compare ``made`` with the snapshot of that name, or write it when asked to. Raises AssertionError."""
    file = FOLDER / f"{name}.txt"
    if UPDATE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(made, encoding="utf-8")
    assert file.exists(), f"no snapshot {file.name}: WORKBENCH_UPDATE=1 writes it"
    before = file.read_text(encoding="utf-8")
    if made != before:
        lines = difflib.unified_diff(before.split("\n"), made.split("\n"), "snapshot", "now", n=0, lineterm="")
        raise AssertionError("\n".join(lines))
