"""Profiles as text: collapsed stacks and the flame graph (py-spy's raw and SVG), memray's CSV."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter, defaultdict

from workbench_profiles.model import At, ProfileError, RawProfile, Stack

_FRAME = re.compile(r"(?P<function>.+?) \((?P<file>[^()]*?)(?::(?P<line>\d+))?\)")
_BOX = re.compile(r"<g[^>]*>\s*<title>(?P<title>[^<]*)</title>\s*<rect (?P<rect>[^>]*?)/?>", re.DOTALL)
_NUMBER = re.compile(r'(?P<name>fg:x|fg:w|x|y|width)="(?P<value>-?[\d.]+)%?"')
_TITLE = re.compile(r"(?P<frame>.*) \((?P<count>[\d,]+) samples?, [\d.]+%\)")


def collapsed(text: str) -> RawProfile:
    """``outer (file:line);inner (file:line) COUNT`` a line. Raises ProfileError."""
    stacks: Counter[Stack] = Counter()
    for line in text.splitlines():
        path, _, count = line.rstrip().rpartition(" ")
        if path and count.isdigit():
            stacks[tuple(_frame(part) for part in path.split(";"))] += int(count)
    if not stacks or not any(frame.file for stack in stacks for frame in stack):
        raise ProfileError("text with no collapsed stacks such as main (app.py:3);work (app.py:9) 12")
    return RawProfile("collapsed stacks", "samples", {stack: float(count) for stack, count in stacks.items()})


def _frame(text: str) -> At:
    found = _FRAME.fullmatch(text.strip())
    if found is None:
        return At("", 0, text.strip())
    return At(found["file"], int(found["line"] or 0), found["function"])


def flame_graph(text: str) -> RawProfile:
    """The stacks that the boxes of an SVG flame graph show: a box stands on the box that it lies within.

    Raises ProfileError.
    """
    boxes: defaultdict[float, list[tuple[float, float, At, float]]] = defaultdict(list)
    for box in _BOX.finditer(text):
        title = _TITLE.fullmatch(html.unescape(box["title"]).strip())
        numbers = {found["name"]: float(found["value"]) for found in _NUMBER.finditer(box["rect"])}
        if title is None or "y" not in numbers:
            continue
        left, wide = numbers.get("fg:x", numbers.get("x", 0.0)), numbers.get("fg:w", numbers.get("width", 0.0))
        count = float(title["count"].replace(",", ""))
        boxes[numbers["y"]].append((left, wide, _frame(title["frame"]), count))
    root = next((y for y, row in boxes.items() if any(each[2].function == "all" for each in row)), None)
    if root is None:
        raise ProfileError("an SVG with no flame graph in it")
    return RawProfile("flame graph", "samples", _stacks(boxes, root))


def _stacks(boxes: dict[float, list[tuple[float, float, At, float]]], root: float) -> dict[Stack, float]:
    """From the root's row outwards, whichever way the graph grows."""
    rows = sorted(boxes, key=lambda y: abs(y - root))
    found: defaultdict[Stack, float] = defaultdict(float)
    above: list[tuple[float, float, Stack]] = []
    for row in rows:
        here: list[tuple[float, float, Stack]] = []
        for left, wide, frame, count in boxes[row]:
            middle = left + wide / 2
            under = next((stack for x, w, stack in above if x <= middle <= x + w), ())
            stack = (*under, frame) if frame.function != "all" else ()
            here.append((left, wide, stack))
            if stack:
                found[stack] += count
            if under:
                found[under] -= count
        above = here
    return {stack: weight for stack, weight in found.items() if weight > 0}


def memray_csv(text: str) -> RawProfile:
    """``memray transform csv``: leaf first, ``function;file;line`` with ``|`` between. Raises ProfileError."""
    csv.field_size_limit(10_000_000)
    stacks: defaultdict[Stack, float] = defaultdict(float)
    try:
        for row in csv.DictReader(io.StringIO(text)):
            parts = [part.rsplit(";", 2) for part in row["stack_trace"].split("|") if part]
            frames = tuple(At(part[1], int(part[2]), part[0]) for part in reversed(parts))
            stacks[frames] += float(row["size"])
    except (KeyError, ValueError, IndexError, csv.Error) as error:
        raise ProfileError(f"not memray's CSV: {error}") from error
    return RawProfile("memray", "bytes", stacks)
