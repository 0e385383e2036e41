"""Names in a syntax tree: dotted names resolved through the file's imports."""

from __future__ import annotations

import ast


def module_of(path: str) -> str:
    """``a.b`` for ``a/b.py`` and ``a/b/__init__.py``; a leading ``src`` is no part of it."""
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return name.removeprefix("src.")


def imports(tree: ast.Module, module: str, package: bool) -> dict[str, str]:
    """Local name to dotted name, relative imports included."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            up = parts[: len(parts) - node.level + (1 if package else 0)] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            for alias in node.names:
                names[alias.asname or alias.name] = f"{base}.{alias.name}"
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """The dotted name of an expression, calls looked through; empty where it does not begin with a name."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def last(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def text_of(node: ast.AST | None) -> str:
    """A string constant's value, else the empty string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def address(node: ast.expr | None, names: dict[str, str], values: dict[str, ast.expr], hops: int = 3) -> str:
    """Where a request goes: the text up to what is put into it, else the last name of what it begins with."""
    if isinstance(node, ast.JoinedStr) and node.values:
        first = node.values[0]
        return address(first.value if isinstance(first, ast.FormattedValue) else first, names, values, hops)
    if isinstance(node, ast.BinOp):
        return address(node.left, names, values, hops)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return address(node.func.value, names, values, hops)
    if isinstance(node, ast.Call):
        return address(node.args[0], names, values, hops) if node.args else ""
    if isinstance(node, ast.Name) and node.id in values and hops:
        return address(values[node.id], names, values, hops - 1)
    if text := text_of(node):
        return text if "://" in text or not text.startswith(("/", "{", "%")) else ""
    known = names.get(node.id, "") if isinstance(node, ast.Name) else dotted(node, names) if node else ""
    return last(known) if known and last(known).isupper() else ""
