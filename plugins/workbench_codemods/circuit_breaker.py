"""A function that calls a peer that is down stops calling for a while: a circuit breaker, of a library that is there.

(M. Nygard, Release It!, 2007, "Circuit Breaker".) Which library, the file says: ``circuitbreaker`` or ``pybreaker``.
"""

from __future__ import annotations

import re

import libcst as cst

from workbench_codemods.syntax import Source, dotted, with_import

_PYBREAKER = re.compile(r"^(\w+) *= *(?:pybreaker\.)?CircuitBreaker\(", re.MULTILINE)
_NOTE = "5 failures in a row and 30 s are a guess; while it is open callers get an error of the breaker at once"


def change(source: str, line: int) -> tuple[str, str] | None:
    """Decorate the function around ``line``, where the file has a breaker at hand."""
    read = Source.of(source)
    function = read.function(line)
    if function is None or any(_breaks(each) for each in function.decorators):
        return None
    own = _PYBREAKER.search(source)
    if own is not None and "pybreaker" in source:
        if source.count("\n", 0, own.start()) + 1 > read.lines[function][0]:
            return None
        decorator, module = own[1], read.module
    elif re.search(r"^(from|import) circuitbreaker\b", source, re.MULTILINE):
        lead = "circuitbreaker." if re.search(r"^import circuitbreaker\b", source, re.MULTILINE) else ""
        decorator = f"{lead}circuit(failure_threshold=5, recovery_timeout=30)"
        module = read.module
    else:
        return None
    made = cst.Decorator(cst.parse_expression(decorator))
    changed = Source(module, read.lines).replaced(
        function, function.with_changes(decorators=[*function.decorators, made])
    )
    if decorator.startswith("circuit("):
        changed = with_import(changed, "circuitbreaker", "circuit")
    return changed.code, _NOTE


def _breaks(decorator: cst.Decorator) -> bool:
    return "circuit" in dotted(decorator.decorator).lower() or "breaker" in dotted(decorator.decorator).lower()
