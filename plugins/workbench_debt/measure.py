"""Complexity of a file and the notes left in it. For workers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_NOTE = re.compile(r"(?:#|//|/\*|\*|--|<!--|;)\s*.{0,40}?\b(TODO|FIXME|XXX|HACK)\b[:\s(]*(.{0,100})")
_BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.comprehension, ast.match_case)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MOST_NOTES = 8
"""Notes of one file that are looked up."""


@dataclass(frozen=True, slots=True)
class Note:
    """A TODO, FIXME, XXX or HACK in a comment."""

    line: int
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One file. ``complexity`` is what all of it has, ``worst`` the function with the most, at ``line``."""

    path: str
    complexity: int
    worst: str
    most: int
    line: int
    notes: tuple[Note, ...]


def measure(repo: str, paths: Sequence[str]) -> list[Measured]:
    """For a worker: the files that can be read."""
    found = []
    for path in paths:
        try:
            text = (Path(repo) / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        total, worst, most, line = complexity(path, text)
        found.append(Measured(path, total, worst, most, line, tuple(notes(text))[:MOST_NOTES]))
    return found


def complexity(path: str, text: str) -> tuple[int, str, int, int]:
    """The complexity of the whole, then name, complexity and line of the function with the most.

    Python: decisions plus one for each function (McCabe, A Complexity Measure, 1976). Else the sum of the levels of
    indentation (Hindle et al., Reading Beside the Lines, 2008), with no function.
    """
    if path.endswith((".py", ".pyi")):
        try:
            functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, _FUNCTIONS)]
        except (SyntaxError, ValueError, RecursionError):
            functions = []
        if functions:
            counted = [(1 + _decisions(node), node) for node in functions]
            most, worst = max(counted, key=lambda pair: pair[0])
            return sum(count for count, _ in counted), worst.name, most, worst.lineno
    steps = [len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) for line in text.splitlines() if line.strip()]
    return sum(step // 4 for step in steps), "", 0, 1


def _decisions(function: ast.AST) -> int:
    """Decisions of a function, those of functions in it left to them."""
    total, todo = 0, list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if isinstance(node, _FUNCTIONS):
            continue
        total += isinstance(node, _BRANCHES) + (len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0)
        todo += ast.iter_child_nodes(node)
    return total


def notes(text: str) -> Iterator[Note]:
    """The notes of a file, from the top."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _NOTE.search(line[:500])
        if found:
            yield Note(number, found[1], found[2].strip())
