"""Profiles in JSON: speedscope's (py-spy, memray), Chrome's trace events (py-spy), pyinstrument's, memray's statistics.

Formats: speedscope.app/file-format-schema.json, py-spy's chrometrace output, ``pyinstrument -r json``,
``memray stats --json``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from workbench_profiles.model import At, ProfileError, RawProfile, Stack

_UNITS = {"nanoseconds": 1e-9, "microseconds": 1e-6, "milliseconds": 1e-3, "seconds": 1.0}


def read_document(data: Any) -> RawProfile:
    """The profile in a JSON value. Raises ProfileError."""
    if isinstance(data, list):
        return _chrome(data)
    if not isinstance(data, Mapping):
        raise ProfileError("JSON that is no profile")
    if "traceEvents" in data:
        return _chrome(data["traceEvents"])
    if "shared" in data and "profiles" in data:
        return _speedscope(data)
    if "root_frame" in data:
        return RawProfile("pyinstrument", "s", dict(_pyinstrument(data["root_frame"])))
    if "top_allocations_by_size" in data:
        stacks: defaultdict[Stack, float] = defaultdict(float)
        for row in data["top_allocations_by_size"]:
            stacks[(_location(row["location"]),)] += row["size"]
        return RawProfile("memray statistics", "bytes", stacks)
    raise ProfileError("JSON of none of: speedscope, Chrome trace, pyinstrument, memray stats")


def _speedscope(data: Mapping[str, Any]) -> RawProfile:
    frames = [
        At(str(each.get("file") or ""), int(each.get("line") or 0), str(each.get("name") or ""))
        for each in data["shared"]["frames"]
    ]
    first = str(data["profiles"][0].get("unit", "none")) if data["profiles"] else "none"
    scale = _UNITS.get(first, 1.0)
    unit = "s" if first in _UNITS else "bytes" if first == "bytes" else "samples"
    stacks: defaultdict[Stack, float] = defaultdict(float)
    for profile in data["profiles"]:
        if str(profile.get("unit", "none")) != first:
            continue
        pairs = _sampled(profile) if profile.get("type") == "sampled" else _evented(profile)
        for numbers, weight in pairs:
            stacks[tuple(frames[number] for number in numbers)] += weight * scale
    return RawProfile("speedscope", unit, stacks)


def _sampled(profile: Mapping[str, Any]) -> Iterator[tuple[list[int], float]]:
    weights = profile.get("weights") or [1] * len(profile["samples"])
    yield from zip(profile["samples"], weights, strict=False)


def _evented(profile: Mapping[str, Any]) -> Iterator[tuple[list[int], float]]:
    stack: list[int] = []
    last = float(profile.get("startValue", 0))
    for event in profile["events"]:
        if stack and event["at"] > last:
            yield list(stack), event["at"] - last
        last = event["at"]
        if event["type"] == "O":
            stack.append(event["frame"])
        elif stack:
            stack.pop()


def _chrome(events: list[Any]) -> RawProfile:
    """Begin and end events, per thread, in microseconds."""
    stacks: defaultdict[Stack, float] = defaultdict(float)
    open_: defaultdict[tuple[Any, Any], list[At]] = defaultdict(list)
    last: dict[tuple[Any, Any], float] = {}
    for event in events:
        if not isinstance(event, Mapping) or event.get("ph") not in ("B", "E"):
            continue
        thread, at = (event.get("pid"), event.get("tid")), float(event.get("ts", 0))
        stack = open_[thread]
        if stack and at > last[thread]:
            stacks[tuple(stack)] += (at - last[thread]) / 1e6
        last[thread] = at
        if event["ph"] == "B":
            told = event.get("args") or {}
            stack.append(At(str(told.get("filename") or ""), int(told.get("line") or 0), str(event.get("name") or "")))
        elif stack:
            stack.pop()
    if not stacks:
        raise ProfileError("a list of JSON with no begin and end events")
    return RawProfile("chrome trace", "s", stacks)


def _pyinstrument(root: Mapping[str, Any] | None) -> Iterator[tuple[Stack, float]]:
    """Own time of every frame: its time with that of its children taken off."""
    found: defaultdict[Stack, float] = defaultdict(float)
    todo: list[tuple[Mapping[str, Any], Stack]] = [(root, ())] if root else []
    while todo:
        frame, above = todo.pop()
        function = str(frame.get("function") or "")
        here = At(str(frame.get("file_path") or ""), int(frame.get("line_no") or 0), function)
        stack = above if function in ("[self]", "[await]") else (*above, here)
        children = [each for each in frame.get("children") or () if isinstance(each, Mapping)]
        own = float(frame.get("time") or 0) - sum(float(each.get("time") or 0) for each in children)
        if own > 0 and stack:
            found[stack] += own
        todo += [(each, stack) for each in children]
    yield from found.items()


def _location(text: str) -> At:
    """``function:file:line``."""
    head, _, line = text.rpartition(":")
    function, _, file = head.partition(":")
    return At(file, int(line) if line.isdigit() else 0, function)
