"""A retry that never gives up, or that hammers, becomes a few attempts with growing pauses of random length.

Only where trying again does no harm: a call that charges, sends or creates is left to ``idempotency-key``. (Full jitter
is Marc Brooker's "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
"""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, keyword, leaves, nodes, plus, swapped, with_import

ATTEMPTS = 4
ONCE = frozenset(
    {"post", "charge", "pay", "refund", "transfer", "send", "create", "order", "capture", "insert", "delay"}
)
"""How the names of calls begin that must not happen twice."""

_PAUSES = ("sleep", "wait", "backoff", "delay")
_NOTE = f"{ATTEMPTS} attempts and pauses of at most 0.1, 0.2, 0.4 s are a guess: set what the caller can wait for"


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the loop, decorator or ``Retry`` that begins at ``line``."""
    read = Source.of(source)
    return _loop(read, line) or _tenacity(read, line) or _urllib3(read, line)


def _loop(read: Source, line: int) -> tuple[str, str] | None:
    loops: list[cst.While | cst.For] = [*read.covering(cst.While, line), *read.covering(cst.For, line)]
    for loop in loops:
        if read.lines[loop][0] != line or not isinstance(loop.body, cst.IndentedBlock) or loop.orelse is not None:
            continue
        if any(_name(call).split("_")[0] in ONCE for call in nodes(loop, cst.Call)):
            return None
        made = _bounded(read, loop, line) if isinstance(loop, cst.While) else _paused(read, loop, line)
        if made is not None:
            module = read.replaced(loop, made)
            for package in ("random", "asyncio" if _is_async(read, line) else "time"):
                module = with_import(module, package)
            return module.code, _NOTE
    return None


def _bounded(read: Source, loop: cst.While, line: int) -> cst.For | None:
    """``while True`` as ``for attempt in range(n)``, whose last failure goes on to the caller."""
    attempt = _attempt(loop)
    if dotted(loop.test) != "True" or attempt is None or not leaves(attempt.body) or "attempt" in _names(loop):
        return None
    last = cst.parse_statement(f"if attempt == {ATTEMPTS - 1}:\n    raise\n", config=read.module.config_for_parsing)
    handlers = [_after(each, [last, *_pause(read, loop, line)]) for each in attempt.handlers]
    body = loop.body.with_deep_changes(attempt, handlers=handlers)
    head = cst.parse_statement(f"for attempt in range({ATTEMPTS}):\n    pass\n", config=read.module.config_for_parsing)
    assert isinstance(head, cst.For)
    return head.with_changes(body=body, leading_lines=loop.leading_lines)


def _paused(read: Source, loop: cst.For, line: int) -> cst.For | None:
    """``for attempt in range(n)`` with a pause after each failure."""
    attempt = _attempt(loop)
    if not isinstance(loop.target, cst.Name) or dotted(loop.iter) != "range" or attempt is None or _pauses(loop):
        return None
    named = loop.target.value
    used = named if named != "_" else "attempt"
    handlers = [_after(each, _pause(read, loop, line, used)) for each in attempt.handlers]
    made = loop.with_deep_changes(attempt, handlers=handlers)
    assert isinstance(made, cst.For)
    return made.with_changes(target=cst.Name(used))


def _attempt(loop: cst.While | cst.For) -> cst.Try | None:
    """The one try of the loop, whose handlers all go round again."""
    assert isinstance(loop.body, cst.IndentedBlock)
    tries = [each for each in loop.body.body if isinstance(each, cst.Try)]
    again = tries and all(not _ends(handler) for handler in tries[0].handlers)
    return tries[0] if len(tries) == 1 and again and tries[0].finalbody is None else None


def _ends(handler: cst.ExceptHandler) -> bool:
    return any(True for kind in (cst.Raise, cst.Return, cst.Break) for _ in nodes(handler.body, kind))


def _after(handler: cst.ExceptHandler, added: list[cst.BaseStatement]) -> cst.ExceptHandler:
    """The handler with ``added`` in the place of a last ``continue`` or ``pass``."""
    if not isinstance(handler.body, cst.IndentedBlock):
        return handler
    body = list(handler.body.body)
    last = body[-1]
    if isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Continue | cst.Pass):
        body = body[:-1]
    return handler.with_changes(body=handler.body.with_changes(body=[*body, *added]))


def _pause(read: Source, loop: cst.CSTNode, line: int, name: str = "attempt") -> list[cst.BaseStatement]:
    if _pauses(loop):
        return []
    sleep = "await asyncio.sleep" if _is_async(read, line) else "time.sleep"
    return [
        cst.parse_statement(f"{sleep}(random.uniform(0, 0.1 * 2**{name}))\n", config=read.module.config_for_parsing)
    ]


def _is_async(read: Source, line: int) -> bool:
    function = read.function(line)
    return function is not None and function.asynchronous is not None


def _pauses(loop: cst.CSTNode) -> bool:
    return any(word in _name(call) for call in nodes(loop, cst.Call) for word in _PAUSES)


def _name(call: cst.Call) -> str:
    return dotted(call).rpartition(".")[2].lower()


def _names(node: cst.CSTNode) -> set[str]:
    return {each.value for each in nodes(node, cst.Name)}


def _tenacity(read: Source, line: int) -> tuple[str, str] | None:
    for each in read.covering(cst.Decorator, line):
        if read.lines[each][0] != line or dotted(each.decorator) not in ("retry", "tenacity.retry"):
            continue
        lead = dotted(each.decorator).removesuffix("retry")
        called = each.decorator if isinstance(each.decorator, cst.Call) else cst.Call(each.decorator)
        given = {argument.keyword.value for argument in called.args if argument.keyword is not None}
        if "stop" in given or "tenacity" not in read.module.code:
            return None
        made = plus(called, keyword("stop", f"{lead}stop_after_attempt({ATTEMPTS})"))
        names = ["stop_after_attempt"]
        if "wait" not in given:
            made = plus(made, keyword("wait", f"{lead}wait_random_exponential(multiplier=0.1, max=10)"))
            names.append("wait_random_exponential")
        module = swapped(read.module, {each: each.with_changes(decorator=made)})
        for name in names if not lead else ():
            module = with_import(module, "tenacity", name)
        return module.code, _NOTE
    return None


def _urllib3(read: Source, line: int) -> tuple[str, str] | None:
    for call in read.covering(cst.Call, line):
        given = {argument.keyword.value for argument in call.args if argument.keyword is not None}
        if read.lines[call][0] == line and _name(call) == "retry" and "backoff_factor" not in given and call.args:
            module = read.replaced(call, plus(call, keyword("backoff_factor", "0.1")))
            return (module.code, _NOTE) if "urllib3" in module.code or "requests" in module.code else None
    return None
