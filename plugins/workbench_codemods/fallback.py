"""A failure that is answered with a fallback in silence is logged with its traceback, and counted where others are."""

from __future__ import annotations

import re

import libcst as cst

from workbench_codemods.syntax import Source, dotted, nodes

_LOGGER = re.compile(r"^(\w*log\w*) *= *(?:logging\.getLogger|structlog\.get_logger)\(", re.MULTILINE | re.IGNORECASE)
_PROMETHEUS = re.compile(r"^from prometheus_client import .*\bCounter\b", re.MULTILINE)


def change(source: str, line: int) -> tuple[str, str] | None:
    """Log and count in the handler at ``line`` that says nothing and goes on."""
    read = Source.of(source)
    found = _LOGGER.search(source)
    for handler in reversed(read.covering(cst.ExceptHandler, line)):
        body = handler.body
        if not isinstance(body, cst.IndentedBlock) or found is None or not _is_silent(handler):
            continue
        function = read.function(line)
        name = function.name.value if function is not None else "module"
        config = read.module.config_for_parsing
        added = [cst.parse_statement(f'{found[1]}.warning("{name} falls back", exc_info=True)\n', config=config)]
        counter = f"{name.strip('_')}_fallbacks".upper()
        counts = bool(_PROMETHEUS.search(source))
        if counts:
            added.append(cst.parse_statement(f"{counter}.inc()\n", config=config))
        kept = [each for each in body.body if not _passes(each)]
        module = read.replaced(body, body.with_changes(body=[*added, *kept]))
        if counts:
            module = _defined(module, counter, name)
        return module.code, "how often it falls back is seen now; before, nobody knew"
    return None


def _is_silent(handler: cst.ExceptHandler) -> bool:
    """No call but in what is returned, no raise: nobody learns of it."""
    assert isinstance(handler.body, cst.IndentedBlock)
    logs = any(
        "log" in dotted(call).lower() or dotted(call).endswith((".inc", ".incr", ".add"))
        for call in nodes(handler.body, cst.Call)
    )
    return not logs and not any(True for _ in nodes(handler.body, cst.Raise))


def _passes(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and all(isinstance(one, cst.Pass) for one in statement.body)


def _defined(module: cst.Module, counter: str, name: str) -> cst.Module:
    """The module with the counter defined after its logger."""
    made = cst.parse_statement(f'{counter} = Counter("{counter.lower()}", "How often {name} fell back")\n')
    body = list(module.body)
    at = next(number for number, each in enumerate(body) if _LOGGER.match(module.code_for_node(each).lstrip()))
    return module.with_changes(body=[*body[: at + 1], made, *body[at + 1 :]])
