"""A call over the network gets a timeout."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, keyword, plus

SECONDS = "10"
_CALLS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "request", "urlopen", "create_connection"}
)


def change(source: str, line: int) -> tuple[str, str] | None:
    """Add ``timeout=10`` to the call that begins at ``line``."""
    read = Source.of(source)
    for call in read.covering(cst.Call, line):
        has = any(argument.keyword is not None and argument.keyword.value == "timeout" for argument in call.args)
        starred = any(argument.star == "**" for argument in call.args)
        if read.lines[call][0] == line and dotted(call).rpartition(".")[2] in _CALLS and not has and not starred:
            made = read.replaced(call, plus(call, keyword("timeout", SECONDS)))
            return made.code, f"{SECONDS} s is a guess: set what the caller can wait for"
    return None
