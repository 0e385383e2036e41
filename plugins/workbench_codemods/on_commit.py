"""What must see the rows, or must not hold their locks, waits for the commit: ``transaction.on_commit``."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, called, dotted, with_import

_OUT = frozenset({"delay", "apply_async", "send_mail", "send_email", "publish", "urlopen", "send_task", "enqueue"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "request", "send"})
_CLIENTS = frozenset({"requests", "httpx", "session", "client", "http", "channel", "producer", "mail"})
_NOTE = "it is not done when the transaction is taken back, and an error of it no longer takes the transaction back"


def change(source: str, line: int) -> tuple[str, str] | None:
    """Have the call that is the statement at ``line`` made after the commit of the transaction around it."""
    read = Source.of(source)
    places = [each for each in read.covering(cst.SimpleStatementLine, line) if read.lines[each][0] <= line]
    if not places or not in_atomic(read, line):
        return None
    statement = places[-1]
    call = called(statement)
    if call is None or not isinstance(call.func, cst.Attribute | cst.Name) or not _goes_out(call):
        return None
    if any(argument.star for argument in call.args) and not call.args:
        return None
    whole = cst.parse_expression("transaction.on_commit(partial())")
    assert isinstance(whole, cst.Call)
    deferred = whole.args[0].value
    assert isinstance(deferred, cst.Call)
    first = cst.Arg(
        call.func,
        comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if call.args else cst.MaybeSentinel.DEFAULT,
    )
    inner = deferred.with_changes(args=[first, *call.args], whitespace_before_args=call.whitespace_before_args)
    made = whole.with_changes(args=[cst.Arg(inner)])
    module = read.replaced(call, made)
    module = with_import(module, "functools", "partial")
    return with_import(module, "django.db", "transaction").code, _NOTE


def in_atomic(read: Source, line: int) -> bool:
    """Whether ``line`` stands in a transaction of Django, opened in the same function."""
    function = read.function(line)
    if function is None:
        return False
    if any(_atomic(each.decorator) for each in function.decorators):
        return True
    around = read.covering(cst.With, line, function)
    return any(_atomic(item.item) for each in around for item in each.items if read.lines[each][0] < line)


def _atomic(node: cst.BaseExpression) -> bool:
    return dotted(node) in ("transaction.atomic", "atomic", "db.transaction.atomic")


def _goes_out(call: cst.Call) -> bool:
    """Whether the call leaves the process: a queue, a mail, a request."""
    *owner, verb = dotted(call).split(".")
    client = owner[-1].lstrip("_") if owner else ""
    return verb in _OUT or (verb in _VERBS and client in _CLIENTS)
