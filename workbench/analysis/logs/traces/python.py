"""Python's tracebacks: chained, grouped, with repeats, behind a gutter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workbench.analysis.logs.traces.model import RawFrame, Trace

_START = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):")
_FILE = re.compile(r"\s*(?:> )?File \"(.+?)\", line (\d+)(?:, in (.+?))?\s*$")
_GUTTER = re.compile(r"(\s*)([|+])( ?)(.*)$")
_CHILD = re.compile(r"-*\+?-+ (\d+|\.\.\.) -+$")
_CAUSED = "The above exception was the direct cause of the following exception"
_HANDLING = "During handling of the above exception, another exception occurred"
_RAISED = re.compile(r"((?:[A-Za-z_][\w]*\.)*[A-Za-z_]\w*)(?::\s?(.*))?$")
_REPEATED = re.compile(r"\s*\[Previous line repeated (\d+) more times?\]")
_MARKS = re.compile(r"\s*(?:[~^\s]+$|[│└])")
"""Lines below a source line: carets, the values that loguru shows."""
_NAMED = re.compile(
    r"(?:^|[\s\]:])((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning|Group|Timeout)): (.*)$"
)


@dataclass
class _Section:
    """One exception group's own lines and its children's, while reading."""

    depth: int
    lines: list[str] = field(default_factory=list)
    children: list[_Section] = field(default_factory=list)


def parse_python(lines: Sequence[str]) -> Trace | None:
    """The traceback in ``lines`` (a header's message may come before it), or None."""
    start = next((at for at, line in enumerate(lines) if "Traceback" in line and _START.search(line)), None)
    if start is None:
        return None
    trace = _read(_sections(lines[start:]))
    if trace is not None and not trace.type and start and (named := _NAMED.search(lines[start - 1])):
        return replace(trace, type=named.group(1), message=named.group(2))
    return trace


def _sections(lines: Sequence[str]) -> _Section:
    """The text without its gutters: one section for the outermost exception, one for each child of a group in it."""
    root = _Section(-1)
    stack = [root]
    for line in lines:
        gutter = _GUTTER.match(line)
        depth, mark, text = (len(gutter.group(1)), gutter.group(2), gutter.group(4)) if gutter else (0, "", line)
        if mark == "+" and "Exception Group Traceback" in text:
            root.depth = depth
            root.lines.append(text)
        elif root.depth < 0 or not mark:
            stack = [root]
            root.lines.append(line)
        elif mark == "|":
            while len(stack) > 1 and stack[-1].depth > depth:
                stack.pop()
            stack[-1].lines.append(text)
        elif _CHILD.match(text):
            child = _Section(depth + 2 if text.startswith("-+") else depth)
            while len(stack) > 1 and stack[-1].depth >= child.depth:
                stack.pop()
            stack[-1].children.append(child)
            stack.append(child)
    return root


def _read(section: _Section) -> Trace | None:
    """The chain of exceptions in one section's own lines; the section's children belong to the group among them."""
    children = tuple(child for each in section.children if (child := _read(each)))
    done: Trace | None = None
    link = ""
    block: list[str] = []
    for line in [*section.lines, _CAUSED]:
        text = line.strip()
        if not text.startswith((_CAUSED, _HANDLING)):
            block.append(line)
            continue
        found = _block(block)
        if found is not None:
            group = children if any("Exception Group Traceback" in each for each in block) else ()
            done = replace(found, cause=done, link=link if done else "", children=group)
        block = []
        link = "caused by" if text.startswith(_CAUSED) else "while handling"
    return done


def _block(lines: list[str]) -> Trace | None:
    """One exception: its frames, then the line that names it (with the lines of its message)."""
    frames: list[RawFrame] = []
    at = next((n + 1 for n, line in enumerate(lines) if "Traceback" in line and _START.search(line)), 0)
    while at < len(lines):
        line = lines[at]
        found = _FILE.match(line) if 'File "' in line else None
        if found:
            frames.append(RawFrame(found.group(1), int(found.group(2)), found.group(3) or "<module>"))
        elif "[Prev" in line and (repeated := _REPEATED.match(line)) and frames:
            frames += [frames[-1]] * min(int(repeated.group(1)), 3)
        elif line.startswith("    ") or not line.strip():
            if frames and line.strip() and not frames[-1].text and not _MARKS.match(line):
                last = frames[-1]
                frames[-1] = RawFrame(last.file, last.line, last.function, line.strip())
        elif raised := _RAISED.match(line.strip()):
            message = "\n".join([raised.group(2) or "", *lines[at + 1 :]]).strip()
            return Trace(raised.group(1), message, tuple(frames))
        at += 1
    return Trace("", "", tuple(frames)) if frames else None
