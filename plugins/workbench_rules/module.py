"""A parsed Python file with what the rules ask of it: names resolved through imports, parents, enclosing functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """``names`` maps a local name to the dotted name that an import gave it; ``parents`` each node to its parent.

    ``root`` is the folder of the repository that ``path`` begins in; empty where there is none to look into."""

    path: str
    tree: ast.Module
    lines: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    root: str = ""

    def dotted(self, node: ast.AST) -> str:
        """The dotted name of an expression with its first part resolved through imports; empty for anything else.

        Calls are looked through: ``Token.objects.filter(x).first`` gives ``Token.objects.filter.first``.
        """
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                node = node.func
            elif isinstance(node, ast.Name):
                parts.append(self.names.get(node.id, node.id))
                return ".".join(reversed(parts))
            else:
                return ""

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """From the parent outwards."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function that holds ``node``."""
        for parent in self.ancestors(node):
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
                return parent
        return None

    def qualname(self, node: ast.AST) -> str:
        """Dotted names of the classes and functions around ``node``, itself included where it is one."""
        around = [node, *self.ancestors(node)]
        kept = [one.name for one in around if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
        return ".".join(reversed(kept))


def parse(path: str, text: str, root: str = "") -> Module:
    """The module. Raises SyntaxError (and ValueError for NUL bytes)."""
    tree = ast.parse(text)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return Module(path, tree, tuple(text.splitlines()), _imports(tree), parents, root)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Nodes inside ``function`` in source order, without those of functions and classes nested in it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from own_nodes(child)


def calls(function: ast.AST) -> Iterator[ast.Call]:
    """Calls inside ``function``, nested functions left out."""
    return (node for node in own_nodes(function) if isinstance(node, ast.Call))


def _imports(tree: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names
