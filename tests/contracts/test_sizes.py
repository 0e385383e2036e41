"""The limits of the house: a file fits a few screens, a function one, a class has one purpose."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE, MEDIAN, FUNCTION, METHODS = 300, 120, 50, 20
"""The most lines of a file, of the middle one, of a function, and the most methods of a class."""


def sources() -> dict[str, str]:
    """The text of each Python file of the project, its own tests too."""
    found = [p for part in ("workbench", "screens", "plugins", "tests") for p in (ROOT / part).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


def test_no_file_is_long() -> None:
    lengths = {path: len(text.splitlines()) for path, text in sources().items()}
    assert {path: length for path, length in lengths.items() if length > FILE} == {}
    assert statistics.median(lengths.values()) < MEDIAN


def test_no_function_is_long_and_no_class_does_everything() -> None:
    over: list[str] = []
    for path, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                over += [f"{path}: {node.name} has {lines} lines"] * (lines > FUNCTION)
            elif isinstance(node, ast.ClassDef):
                methods = sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
                over += [f"{path}: {node.name} has {methods} methods"] * (methods > METHODS)
    assert over == []
