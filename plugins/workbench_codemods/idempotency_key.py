"""A call that is tried again and must not happen twice carries a key, the same for every attempt.

(The header is that of the IETF draft "The Idempotency-Key HTTP Header Field"; Stripe's libraries take an argument.)
"""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, keyword, nodes, plus, swapped, with_import

HEADER = "Idempotency-Key"
_CLIENTS = frozenset({"requests", "httpx", "session", "client", "http"})
_NOTE = "the other side must know the key: it answers the second attempt with what it said to the first"


def change(source: str, line: int) -> tuple[str, str] | None:
    """Give the call at ``line``, inside of a loop that tries it again, a key that is made before the loop."""
    read = Source.of(source)
    loops = [*read.covering(cst.While, line), *read.covering(cst.For, line)]
    if not loops:
        return None
    loop = min(loops, key=lambda each: read.lines[each][1] - read.lines[each][0])
    name = "idempotency_key"
    if any(each.value == name for each in nodes(read.module, cst.Name)):
        return None
    for call in read.covering(cst.Call, line):
        made = _with_key(call, name) if read.lines[call][0] == line else None
        if made is None:
            continue
        first = cst.parse_statement(f"{name} = str(uuid4())\n", config=read.module.config_for_parsing)
        assert isinstance(first, cst.SimpleStatementLine)
        block = _block_of(read, loop)
        if block is None:
            return None
        inner = swapped(loop, {call: made})
        at = list(block.body).index(loop)
        lead = first.with_changes(leading_lines=loop.leading_lines)
        body = [*block.body[:at], lead, inner.with_changes(leading_lines=()), *block.body[at + 1 :]]
        module = read.replaced(block, block.with_changes(body=body))
        return with_import(module, "uuid", "uuid4").code, _NOTE
    return None


def _block_of(read: Source, loop: cst.CSTNode) -> cst.IndentedBlock | None:
    return next((each for each in nodes(read.module, cst.IndentedBlock) if any(one is loop for one in each.body)), None)


def _with_key(call: cst.Call, name: str) -> cst.Call | None:
    path = dotted(call).split(".")
    if path[0] == "stripe" and len(path) > 1:
        return plus(call, keyword("idempotency_key", name))
    if path[-1] not in ("post", "patch") or len(path) < 2 or path[-2].lstrip("_") not in _CLIENTS:
        return None
    if any(argument.star == "**" for argument in call.args):
        return None
    for argument in call.args:
        if argument.keyword is None or argument.keyword.value != "headers":
            continue
        given = cst.Module([]).code_for_node(argument.value)
        merged = cst.parse_expression(f'{{**{given}, "{HEADER}": {name}}}')
        if isinstance(argument.value, cst.Dict):
            inside = given.strip()[1:-1].strip().rstrip(",")
            merged = cst.parse_expression(f'{{{inside}{", " if inside else ""}"{HEADER}": {name}}}')
        args = [each.with_changes(value=merged) if each is argument else each for each in call.args]
        return call.with_changes(args=args)
    return plus(call, keyword("headers", f'{{"{HEADER}": {name}}}'))
