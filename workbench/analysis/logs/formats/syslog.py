"""What syslog puts before a line: a priority, and a header behind which the program may have written one of its own."""

from __future__ import annotations

import re

from workbench.analysis.logs.formats.parsed import Parsed
from workbench.analysis.logs.formats.structured import read_logfmt
from workbench.analysis.logs.header.format import match
from workbench.analysis.logs.header.generic import GENERIC
from workbench.analysis.logs.levels import syslog_level

_RFC5424 = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (?:-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: \ufeff?|$)")
_PRIORITY = re.compile(r"<(\d{1,3})>(?=[A-Z][a-z]{2} [ \d]\d )")
_HEADER = re.compile(
    r"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))"
    r" (\S+) ([\w./@-]+)(?:\[\d+\])?: "
)
_PAIRS = 3
"""Fields of logfmt from which on a line may be one."""


def unwrap_priority(line: str) -> Parsed | None:
    """A line of RFC 5424, or of RFC 3164 with its priority, or None."""
    found = _RFC5424.match(line)
    if found:
        priority, time, host, app, process, _ = found.groups()
        return Parsed(
            line[found.end() :],
            time="" if time == "-" else time,
            level=syslog_level(int(priority)),
            logger="" if app == "-" else app,
            host="" if host == "-" else host,
            stream=process,
            format="RFC 5424",
        )
    found = _PRIORITY.match(line)
    if found:
        return Parsed(line[found.end() :], level=syslog_level(int(found.group(1))), format="RFC 3164")
    return None


def unwrap_own_header(line: str) -> Parsed | None:
    """What stands behind syslog's header where that is JSON, logfmt or begins with a level; None for any other line.

    A header without another behind it is left to be learned.
    """
    found = _HEADER.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    time, host, program = found.groups()
    own = Parsed(rest, time=time, logger=program, host=host, format="syslog")
    if rest.startswith("{"):
        return own if rest.endswith("}") else None
    if rest.count("=") >= _PAIRS and read_logfmt(rest):
        return own
    header = match(rest, GENERIC)
    return own if header and header.level else None
