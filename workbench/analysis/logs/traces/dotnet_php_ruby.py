"""Traces of .NET, PHP and Ruby: type, message and frames; the innermost frame stands first in all three."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.analysis.logs.traces.model import RawFrame, Trace

_LONGEST = 1000
"""Characters of a line that may be a part of a trace."""
_NET_FRAME = re.compile(r"\s*at ([\w.`+<>\[\]]+)\([^()]*\) in (\S.*?):line (\d+)$")
_NET_RAISED = re.compile(r"(?:^|\s)(?:---> )?((?:[A-Z]\w*\.)+[A-Z]\w*(?:Exception|Error)): (.*)$")
_PHP_FRAME = re.compile(r"#\d+ (\S.*?)\((\d+)\): ([\w\\]+(?:(?:->|::)\w+)?)\(")
_PHP_RAISED = re.compile(
    r"Uncaught (?:exception ')?([\w\\]+)'?(?::| with message) '?(.*?)'? in (\S+?)(?::| on line )(\d+)$"
)
_PHP_OBJECT = re.compile(r"\(([\w\\]+)\(code: \d+\): (.*?) at (\S+?):(\d+)\)")
_RUBY_FRAME = re.compile(r"\s*(?:from )?([^\s:]+\.(?:rb|erb|rake|ru)):(\d+):in [`']([^']+)'")
_RUBY_RAISED = re.compile(
    r"\.rb:\d+:in [`'][^']+': (?P<first>.*) \((?P<class>[A-Z][\w:]*)\)$"
    r"|(?P<type>[A-Z]\w*(?:::[A-Z]\w*)*(?:Error|Exception|NotFound|Invalid))(?: \((?P<within>.*)\):?|: (?P<after>.*))$"
)


def read_scripted(line: str, lines: Sequence[str]) -> Trace | None:
    """The trace in ``lines``, of which ``line`` is one, where it shows that they are .NET's, PHP's or Ruby's."""
    if len(line) > _LONGEST:
        return None
    if ".rb:" in line and _RUBY_FRAME.match(line):
        return _ruby(lines)
    if ":line " in line and _NET_FRAME.match(line):
        return _dotnet(lines)
    return _php(lines) if line.startswith("#0 ") else None


def _ruby(lines: Sequence[str]) -> Trace | None:
    raised = next((found for line in lines if (found := _RUBY_RAISED.search(line[:_LONGEST]))), None)
    frames = _frames(lines, _RUBY_FRAME, 1, 2, 3)
    if raised is None or not frames:
        return None
    said = raised["first"] or raised["within"] or raised["after"] or ""
    return Trace(raised["class"] or raised["type"], said, frames, language="ruby")


def _dotnet(lines: Sequence[str]) -> Trace | None:
    raised = next((found for line in lines if (found := _NET_RAISED.search(line[:_LONGEST]))), None)
    if raised is None:
        return None
    return Trace(raised[1], raised[2], _frames(lines, _NET_FRAME, 2, 3, 1), language="dotnet")


def _php(lines: Sequence[str]) -> Trace | None:
    """The exception names the file and line where it was thrown, and the first frame the function that threw it."""
    for line in lines:
        raised = _PHP_RAISED.search(line[:_LONGEST]) or _PHP_OBJECT.search(line[:_LONGEST])
        if raised:
            called = [found for each in lines if (found := _PHP_FRAME.match(each[:_LONGEST]))]
            functions = [*(found[3] for found in called), "{main}"]
            places = [(raised[3], raised[4]), *((found[1], found[2]) for found in called)]
            frames = [RawFrame(file, int(at), name) for (file, at), name in zip(places, functions, strict=True)]
            return Trace(raised[1], raised[2], tuple(reversed(frames)), language="php")
    return None


def _frames(lines: Sequence[str], shape: re.Pattern[str], file: int, line: int, function: int) -> tuple[RawFrame, ...]:
    found = [frame for each in lines if (frame := shape.match(each[:_LONGEST]))]
    return tuple(RawFrame(each[file], int(each[line]), each[function]) for each in reversed(found))
