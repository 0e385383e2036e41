"""Shapes that several rules look for: remote calls, transactions, retry loops, helpers of the same file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from workbench_rules.module import Function, Module, calls, own_nodes

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "send", "stream"})
_SESSIONS = frozenset({"requests.Session", "requests.session", "httpx.Client"})
_HTTP = frozenset({"requests", "httpx"}) | _SESSIONS
_REMOTE = frozenset(
    {
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        "socket.create_connection",
        "smtplib.SMTP",
        "smtplib.SMTP_SSL",
        "django.core.mail.send_mail",
        "django.core.mail.send_mass_mail",
    }
)
_TRANSACTIONS = ("transaction.atomic", "session.begin", "Session.begin", "engine.begin", "db.transaction")
_BY_HAND = frozenset({"commands", "cli", "scripts", "bin", "tools"})
_AT_WORK = frozenset({"bin", "commands"})
_OFFLINE = _AT_WORK | frozenset(
    "scripts evals evaluation benchmark benchmarks examples samples cookbook pytest mock mocks".split()
)


def by_hand(module: Module) -> bool:
    """Whether the file holds what one person runs once: there is nobody to race with."""
    return bool(_BY_HAND & set(module.path.split("/")[:-1]))


def offline(module: Module, at_work: bool = False) -> bool:
    """Whether the file serves nobody: scripts, evaluations, benchmarks, examples, mocks and help for tests.

    With ``at_work`` commands and programs count as serving: a scheduler may run them, and then nobody looks on.
    """
    folders, _, name = module.path.rpartition("/")
    kinds = _OFFLINE - _AT_WORK if at_work else _OFFLINE
    return bool(kinds & set(re.split(r"[/_-]", folders))) or "mock" in name


def remote(module: Module, call: ast.Call) -> str:
    """The dotted name of a call that surely leaves the process and blocks until it is answered, or the empty string."""
    name = module.dotted(call.func)
    owner, _, verb = name.rpartition(".")
    if name in _REMOTE or (owner in _HTTP and verb in _VERBS):
        return name
    kind = _session(module, call, owner) if verb in _VERBS and owner.isidentifier() else ""
    return f"{kind}.{verb}" if kind else ""


def _session(module: Module, call: ast.Call, name: str) -> str:
    """The HTTP session that the function around ``call`` has made under this name: ``with requests.Session() as s``."""
    function = module.function_of(call)
    if function is None or not any(known.startswith(("requests", "httpx")) for known in module.names.values()):
        return ""
    for node in own_nodes(function):
        made = node.value if isinstance(node, ast.Assign) else getattr(node, "context_expr", None)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "optional_vars", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return kind if made is not None and (kind := module.dotted(made)) in _SESSIONS else ""
    return ""


def local_functions(module: Module) -> Mapping[str, Function]:
    """Functions of the file by the name they are called by: ``helper`` or ``Class.method``."""
    kinds = ast.Module | ast.ClassDef
    return {
        module.qualname(function): function
        for function in module.functions()
        if isinstance(module.parents[function], kinds)
    }


def callee(module: Module, call: ast.Call, known: Mapping[str, Function]) -> Function | None:
    """The function of the same file that ``call`` means: a plain name or a method of ``self``."""
    if isinstance(call.func, ast.Name):
        return known.get(call.func.id)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "self":
        around = [node.name for node in module.ancestors(call) if isinstance(node, ast.ClassDef)]
        return known.get(f"{around[0]}.{call.func.attr}") if around else None
    return None


def is_transaction(module: Module, node: ast.expr) -> bool:
    """Whether ``node`` opens a transaction, as a context manager or a decorator."""
    return module.dotted(node).endswith(_TRANSACTIONS)


def transactions(module: Module) -> Iterator[tuple[ast.AST, Sequence[ast.stmt]]]:
    """Every piece of code that runs in one transaction, nested ones too: its node and its statements."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            if any(is_transaction(module, item.context_expr) for item in node.items):
                yield node, node.body
        elif isinstance(node, ast.FunctionDef) and any(is_transaction(module, d) for d in node.decorator_list):
            yield node, node.body


def inside(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The statements and everything in them, without nested functions, classes and lambdas (they run later)."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield statement
        yield from own_nodes(statement)


def leaves(statements: Sequence[ast.stmt]) -> bool:
    """Whether some way through ``statements`` raises, returns or breaks out."""
    return any(isinstance(node, ast.Raise | ast.Return | ast.Break) for node in inside(statements))


def called(statements: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """Calls in ``statements``."""
    return (node for node in inside(statements) if isinstance(node, ast.Call))


def last_name(node: ast.AST) -> str:
    """``get`` of ``client.http.get``, ``get`` of ``get``; empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def types_of(handler: ast.ExceptHandler) -> set[str]:
    """The last names of what the handler catches; ``BaseException`` for a bare one."""
    if handler.type is None:
        return {"BaseException"}
    items = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {last_name(item) for item in items} - {""}


def text_in(node: ast.AST) -> str:
    """All string constants below ``node``, joined."""
    return " ".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def is_query(module: Module, call: ast.Call) -> bool:
    """Whether ``call`` goes through a Django manager."""
    return ".objects." in f"{module.dotted(call.func)}."


def first_call(module: Module, function: Function, wanted: frozenset[str]) -> str:
    """The first call in ``function`` itself that is remote or whose dotted name is in ``wanted``."""
    for call in calls(function):
        name = module.dotted(call.func)
        if found := (name if name in wanted else remote(module, call)):
            return found
    return ""
