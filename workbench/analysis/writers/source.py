"""One Python file as a writer reads it: its imports, its functions, what a name in it stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """A parsed file. ``imports`` maps each name that it imports at the top to (statement, dotted meaning)."""

    path: str
    text: str
    tree: ast.Module
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, text: str) -> Source | None:
        """The file, or None where it does not parse."""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return None
        return cls(path, text, tree, dict(_imports(tree, path)))

    def code(self, node: ast.stmt | ast.expr) -> str:
        """The source of a statement with its decorators, at no indentation."""
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        lines = self.text.split("\n")[first - 1 : node.end_lineno]
        indent = len(lines[0]) - len(lines[0].lstrip())
        return "\n".join(line[indent:] if line[:indent].isspace() or not indent else line for line in lines).rstrip()

    def functions(self) -> Iterator[tuple[str, Function, ast.ClassDef | None]]:
        """(qualified name, function, its class) of the functions at the top and of classes there."""
        for node in self.tree.body:
            if isinstance(node, Function):
                yield node.name, node, None
            elif isinstance(node, ast.ClassDef):
                for child in node.body:
                    if isinstance(child, Function):
                        yield f"{node.name}.{child.name}", child, node

    def function_at(self, line: int) -> tuple[str, Function, ast.ClassDef | None] | None:
        """The function that ``line`` stands in."""
        return next(
            (found for found in self.functions() if found[1].lineno <= line <= (found[1].end_lineno or 0)), None
        )

    def named(self, name: str) -> ast.stmt | None:
        """The statement at the top that defines or assigns ``name``."""
        for node in self.tree.body:
            if isinstance(node, Function | ast.ClassDef) and node.name == name:
                return node
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return node
        return None

    def meaning(self, node: ast.expr) -> str:
        """The dotted name that ``node`` stands for, its first part replaced by what was imported under it."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        first = self.imports[node.id][1] if node.id in self.imports else node.id
        return ".".join([first, *reversed(parts)])


def module_name(path: str) -> str:
    """The dotted name under which a file is imported: ``src/`` and ``__init__`` are no part of it."""
    parts = path.removesuffix(".py").split("/")
    parts = parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names_in(node: ast.AST) -> set[str]:
    """Names that ``node`` reads and does not bind itself."""
    found = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    bound = {each.id for each in found if isinstance(each.ctx, ast.Store)}
    bound |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return {each.id for each in found} - bound


def _imports(tree: ast.Module, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                told = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                yield name, (told, alias.name if alias.asname else name)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            package = module_name(path).split(".")[: -node.level] if node.level else []
            module = ".".join([*package, *filter(None, [node.module])])
            for alias in node.names:
                told = f"from {dots}{node.module or ''} import {alias.name}"
                told += f" as {alias.asname}" if alias.asname else ""
                yield alias.asname or alias.name, (told, f"{module}.{alias.name}")
