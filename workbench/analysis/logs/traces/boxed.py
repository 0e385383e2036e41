"""Python's tracebacks as rich draws them: a box for each exception, the frames in it, its type and message below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.logs.traces.model import RawFrame, Trace

_TOP = re.compile(r"\s*[╭┌+][─-]+ Traceback \(most recent call last\) [─-]+[╮┐+]\s*$")
_BOTTOM = re.compile(r"\s*[╰└+][─-]+[╯┘+]\s*$")
_FRAME = re.compile(r"\s*[│|] (\S.*?):(\d+) in (\S+)\s*[│|]?\s*$")
_SOURCE = re.compile(r"\s*[│|] [❱>] *\d+ (.*?)\s*[│|]?\s*$")
_RAISED = re.compile(r"((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::\s?(.*))?$")


def parse_boxed(lines: Sequence[str]) -> Trace | None:
    """The traceback in ``lines``, or None where no box of one begins; the last exception comes with those before it."""
    done: Trace | None = None
    at = 0
    while at < len(lines):
        if _TOP.match(lines[at]):
            end = next((n for n in range(at + 1, len(lines)) if _BOTTOM.match(lines[n])), len(lines))
            frames = _frames(lines[at + 1 : end])
            below = next((each.strip() for each in lines[end + 1 :] if each.strip()), "")
            raised = _RAISED.match(below)
            if frames:
                named = (raised.group(1), raised.group(2) or "") if raised else ("", "")
                done = Trace(*named, frames, cause=done, link="caused by" if done else "")
            at = end
        at += 1
    return done


def _frames(lines: Sequence[str]) -> tuple[RawFrame, ...]:
    frames: list[RawFrame] = []
    for line in lines:
        if found := _FRAME.match(line):
            frames.append(RawFrame(found.group(1), int(found.group(2)), found.group(3)))
        elif frames and (source := _SOURCE.match(line)):
            frames[-1] = replace(frames[-1], text=source.group(1).strip())
    return tuple(frames)
