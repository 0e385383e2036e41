"""Reading one physical line with the formats that were learned."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.analysis.logs.formats.containers import load_object, unwrap_object, unwrap_prefix
from workbench.analysis.logs.formats.frames import is_part
from workbench.analysis.logs.formats.parsed import Parsed, Role
from workbench.analysis.logs.formats.structured import read_logfmt, read_object
from workbench.analysis.logs.header.format import Format, Header, match
from workbench.analysis.logs.header.generic import GENERIC
from workbench.analysis.logs.levels import LOUD, WORD_PATTERN, http_level, level_of
from workbench.analysis.logs.times import zoned
from workbench.case.enums import Level

_NESTING = 3
COLOURS = r"\x1b\[[0-?]*[ -/]*[@-~]"
"""Control sequences of terminals (ECMA-48, 5.4), as a pattern."""
_COLOURS = re.compile(COLOURS)
_TRACED = re.compile(r"Traceback \(most recent|\\n(?:\\t| +)at |\\ngoroutine \d")
_CLOSED = re.compile(rf"((?i:{WORD_PATTERN}))\]\s*")
_BESIDE = re.compile(
    rf"(?:^|[\s\[<(|.#:])(?P<loud>{WORD_PATTERN.upper()})\s*(?=[\])>:|\s]|$)|[\[#]\s*(?P<low>(?i:{WORD_PATTERN}))\s*\]"
)
_CONTINUES = re.compile(
    r"\s+\S|> File \"|During handling of the above|The above exception was|at [\w.$<>]+\(|[\w./]+\(.*\)$|exit status \d"
)
_RAISED = re.compile(
    r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning|Group|Failure|Timeout)(?::|$| \(.*\):$)"
    r"|(?:[a-z_]\w*\.)+[A-Z]\w*(?::|$)"
)
_ACCESS = re.compile(r"(?:\"(?:[A-Z]{3,8}) \S+(?: HTTP/[\d.]+)?\" (?:status: )?|\bTCP_[A-Z_]+/)([1-5]\d\d)\b")
_OWN = re.compile(r"\[?(CRITICAL|FATAL|ERROR|WARNING|WARN)\b\]?:?\s")
_SAYS = re.compile(
    r"\b(?:(?P<critical>CRITICAL|FATAL|fatal:|panic:|PANIC)|(?P<error>ERROR|[Ee]rror:|Exception\b|Traceback|segfault)"
    r"|(?P<warning>WARN(?:ING)?\b|[Ww]arning:))"
)
_MAY_SAY: tuple[str, ...] = (
    "rror",
    "RROR",
    "WARN",
    "arning:",
    "Exception",
    "CRIT",
    "FATAL",
    "fatal:",
    "anic:",
    "PANIC",
    "Traceback",
)
_MAY_SAY += ("segfault",)
"""What stands in all that _SAYS finds: looked for first, since that is quicker."""


def read_line(line: str, formats: Sequence[Format]) -> Parsed:
    """What ``line`` (without its line break) is."""
    parsed, depth = _unwrapped(line)
    if "\x1b" in parsed.content:
        parsed = parsed._replace(content=_COLOURS.sub("", parsed.content))
    wrapped = depth > 0
    if parsed.role is Role.RECORD and not parsed.content.strip():
        return parsed._replace(role=Role.BLANK)
    if parsed.format not in ("JSON lines", "logfmt"):
        parsed = _with_header(parsed, formats, wrapped)
    if _folded(parsed.content):
        parsed = _first_line(parsed)
    if parsed.role is Role.RECORD:
        if parsed.level is Level.UNKNOWN:
            parsed = parsed._replace(level=_said(parsed.content))
        elif wrapped and parsed.level not in LOUD and (own := _OWN.match(parsed.content)):
            parsed = parsed._replace(level=level_of(own.group(1)))
    return parsed


def inner_text(line: str) -> str:
    """The program's own line inside what wraps it; empty for structured records, which have no header to learn."""
    parsed, _ = _unwrapped(line)
    return "" if parsed.format in ("JSON lines", "logfmt") else _COLOURS.sub("", parsed.content)


def _unwrapped(line: str) -> tuple[Parsed, int]:
    outer = Parsed(line)
    for depth in range(_NESTING):
        text = outer.content
        value = load_object(text)
        if value is not None:
            inner = unwrap_object(value)
            if inner is None:
                return _inside(outer, read_object(value)), depth
        else:
            inner = unwrap_prefix(text)
            if inner is None:
                fields = read_logfmt(text) if text.count("=") > 2 else None
                return (_inside(outer, fields) if fields else outer), depth
        outer = _inside(outer, inner)
    return outer, _NESTING


def _inside(outer: Parsed, inner: Parsed) -> Parsed:
    """``inner`` with what only the outer format told."""
    return inner._replace(
        role=max(outer.role, inner.role),
        time=outer.time if zoned(outer.time) and not zoned(inner.time) else inner.time or outer.time,
        level=inner.level if inner.level is not Level.UNKNOWN else outer.level,
        logger=inner.logger or outer.logger,
        host=inner.host or outer.host,
        stream=outer.stream + inner.stream,
        format=inner.format or outer.format,
    )


def _folded(content: str) -> bool:
    """Whether a content has lines: as they are, as rsyslog writes them, or a trace's with their breaks escaped."""
    return "\n" in content or "#012" in content or ("\\n" in content and _TRACED.search(content) is not None)


def _unfolded(content: str) -> str:
    if "\n" in content:
        return content
    if "#012" in content:
        return content.replace("#012", "\n").replace("#011", "\t")
    return content.replace("\\n", "\n").replace("\\t", "\t")


def _first_line(parsed: Parsed) -> Parsed:
    """A record whose message has lines: told by the first, or by the last where a traceback of Python begins it."""
    lines = _unfolded(parsed.content).strip().split("\n")
    told = lines[-1] if lines[0].startswith("Traceback (most") else lines[0]
    return parsed._replace(content=told.strip(), trace=parsed.trace or "\n".join(lines))


def _with_header(parsed: Parsed, formats: Sequence[Format], wrapped: bool) -> Parsed:
    text = parsed.content
    header = match(text, formats) or match(text, GENERIC)
    if header is not None:
        time = header.time or parsed.time
        if parsed.time and zoned(parsed.time) and not zoned(header.time):
            time = parsed.time
        level, content = _level(header, text)
        return Parsed(
            content,
            parsed.role,
            time,
            parsed.level if level is Level.UNKNOWN else level,
            header.name or parsed.logger,
            parsed.host or header.host,
            parsed.stream,
            parsed.trace,
            parsed.format or "learned",
            parsed.fields,
        )
    if continues(text, bool(formats), wrapped):
        return parsed._replace(role=Role.CONTINUATION) if wrapped else Parsed(text, Role.CONTINUATION)
    return parsed._replace(content=text.strip()) if text != text.strip() else parsed


def _level(header: Header, text: str) -> tuple[Level, str]:
    """The level of a line and its content: the header's column, or a word in it that is a level beside a name, in
    brackets, or behind the time in its bracket."""
    content = text[header.content :].strip()
    if header.level:
        return level_of(header.level), content
    if found := _CLOSED.match(content):
        return level_of(found.group(1)), content[found.end() :]
    beside = _BESIDE.search(text, 0, header.content)
    return level_of(beside[beside.lastgroup or 0]) if beside else Level.UNKNOWN, content


def continues(text: str, headed: bool, wrapped: bool = False) -> bool:
    """Whether a line without a header belongs to the record before it.

    In a log with headers every line without one does; where lines are wrapped (docker, compose, the journal) several
    programs write, some without headers, so that only what looks like a part of a trace does.
    """
    return (headed and not wrapped) or _CONTINUES.match(text) is not None or is_part(text)


def names_exception(content: str) -> bool:
    """Whether a content looks like the line of a traceback that names the exception."""
    return _RAISED.match(content) is not None


def is_access(content: str) -> bool:
    """Whether a content is of an access log: its level is its status, which differs between lines of one kind."""
    return _answer(content) is not None


def _answer(content: str) -> re.Match[str] | None:
    """The status of an access log; looked for where it may be, since that is quicker."""
    return _ACCESS.search(content) if '"' in content or "TCP_" in content else None


def _said(content: str) -> Level:
    access = _answer(content)
    if access:
        return http_level(int(access.group(1)))
    found = _SAYS.search(content) if any(map(content.__contains__, _MAY_SAY)) else None
    return Level(found.lastgroup) if found and found.lastgroup else Level.UNKNOWN
