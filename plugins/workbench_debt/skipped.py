"""Tests of a hot file that are switched off, or expected to fail. For workers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_OFF = {
    "skip": "skipped",
    "skipif": "skipped on a condition",
    "skipIf": "skipped on a condition",
    "skipUnless": "skipped on a condition",
    "xfail": "expected to fail",
    "expectedFailure": "expected to fail",
}
_OTHERS = re.compile(
    r"\b(?:it|test|describe)\.skip\(|\bx(?:it|describe)\(|\bt\.Skip(?:f|Now)?\(|@(?:Disabled|Ignore)\b"
)
_REASON = 60


@dataclass(frozen=True, slots=True)
class Off:
    """A test of the hot file ``near`` that is switched off, and how."""

    near: str
    path: str
    line: int
    test: str
    how: str


def switched_off(repo: str, tests: Sequence[str], hot: Sequence[str]) -> list[Off]:
    """For a worker: what is switched off in those of ``tests`` that import one of ``hot`` or bear its name."""
    names = {path: module_name(path) for path in hot}
    found: list[Off] = []
    for path in tests:
        try:
            text = (Path(repo) / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for near in _about(path, text, names):
            found += [Off(near, path, line, test, how) for line, test, how in _off(path, text)]
    return found


def module_name(path: str) -> str:
    """The dotted name of a file: ``src.shop.cart`` of ``src/shop/cart.py``."""
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def _about(path: str, text: str, names: Mapping[str, str]) -> Iterator[str]:
    """The hot files that a test file is about."""
    imported = set(_imports(text)) if path.endswith(".py") else set()
    stem = PurePosixPath(path).stem.lower()
    for near, name in names.items():
        last = name.rpartition(".")[2]
        own = stem in {f"test_{last}", f"{last}_test", f"{last}.test", f"{last}.spec", f"{last}test"}
        if own or any(name == one or name.endswith(f".{one}") for one in imported if "." in one or one == name):
            yield near


def _imports(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _off(path: str, text: str) -> Iterator[tuple[int, str, str]]:
    if not path.endswith(".py"):
        for number, line in enumerate(text.splitlines(), 1):
            if _OTHERS.search(line[:500]):
                yield number, line.strip()[:_REASON], "skipped"
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for mark in node.decorator_list:
                how = _OFF.get(_last(mark))
                if how:
                    yield node.lineno, node.name, how + _reason(mark)


def _last(mark: ast.expr) -> str:
    target = mark.func if isinstance(mark, ast.Call) else mark
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _reason(mark: ast.expr) -> str:
    if not isinstance(mark, ast.Call):
        return ""
    given = [word.value for word in mark.keywords if word.arg == "reason"] + list(mark.args)
    texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return f": {texts[0][:_REASON]}" if texts else ""
