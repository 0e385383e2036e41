"""Lines of the traces that Java, Node, Go, Rust, .NET, PHP and Ruby write: which are a part of one, which begins one.

They are told from a line alone, so that a trace is found too where every line has a prefix or a header of its own.
"""

from __future__ import annotations

import re

LONGEST = 400
"""Characters of a line that may be a part of a trace."""
_PART = re.compile(
    r"at (?:async )?[\w.$<>/@\[\] -]+ ?\((?:[^()\s]+:\d+|[^()\s]+\.(?:java|kt|scala)|Native Method|Unknown Source"
    r"|<\w+>|native)\)|at [\w.]+\([^()]*\) in \S+:line \d+|at (?:async )?(?:file://|node:|[A-Za-z]:\\|\.{0,2}/)\S+:\d+"
    r"|Caused by: |Suppressed: [\w.$]+|\.\.\. \d+ (?:more|common frames)"
    r"|goroutine \d+ \[|\[signal SIG|\S+\.go:\d+ \+0x|created by \S+ in goroutine \d|exit status \d+$"
    r"|#\d+ (?:\S.*\(\d+\): |\{main\}|\[internal function\]: )|Stack trace:$|thrown in \S+ on line \d+$"
    r"|(?:from )?[^\s:]+\.(?:rb|erb|rake|ru):\d+:in [`'][^']+'$|--- End of (?:inner exception )?stack trace"
    r"|stack backtrace:|note: (?:run with `RUST|Some details are omitted)"
    r"|\d+: +(?:0x[0-9a-f]+ - )?(?:(?:rust_begin_unwind|main|_start|__libc_\w+|clone|<unknown>)$|[\w<>&{}\[\] ]+::\S)"
)
_GO_CALL = re.compile(
    r"(?:created by )?(?:panic|[\w./@~%*()\[\]-]+\.[\w.\[\]]+)\((?:\.\.\.|(?=[^)]*0x)[{}0-9a-fx?_, .]+)\)$"
    r"|(?:created by )?(?:main|runtime|\S+/\S+|\S*\(\*\w+\))\.[\w.\[\]()*]+\([{}0-9a-fx?_, .]*\)$"
)
"""A call as Go's traces show it: its arguments are numbers."""
_OPENS = re.compile(r"thread '[^']*' (?:\(\d+\) )?panicked at [^']\S*:\d+:$")


def is_part(content: str) -> bool:
    """Whether a content, stripped of blanks, is a line of a trace that another line began."""
    if len(content) > LONGEST:
        return False
    return bool(_PART.match(content) or (content.endswith(")") and _GO_CALL.match(content)))


def opens_trace(content: str) -> bool:
    """Whether a content begins a trace whose message is the next line, which may be any text: a panic of Rust."""
    return len(content) <= LONGEST and _OPENS.match(content) is not None
