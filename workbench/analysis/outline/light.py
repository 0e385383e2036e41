"""Outline by regular expressions, for languages without a parser at hand and for Python that does not parse.

A definition ends where the next line stands that is not indented deeper than its own first line: exact for code that is
laid out, near enough for the rest.
"""

from __future__ import annotations

import re

from workbench.analysis.outline.model import Outline, Symbol

_CLASS = re.compile(
    r"^\s*(?:export\s+|default\s+|public\s+|private\s+|protected\s+|internal\s+|abstract\s+|final\s+|static\s+|sealed\s+|data\s+|pub\s+)*"
    r"(?:class|interface|struct|trait|enum|object|module|impl|defmodule|type(?=\s+\w+\s+(?:struct|interface)))\s+(?P<name>[A-Za-z_][\w.]*)"
)
_FUNCTION = re.compile(
    r"^\s*(?:export\s+|default\s+|public\s+|private\s+|protected\s+|internal\s+|static\s+|final\s+|override\s+|suspend\s+|async\s+|pub(?:\(\w+\))?\s+|unsafe\s+)*"
    r"(?:def|defp|func|fun|fn|function\*?)\s+(?:\([^)]*\)\s*)?(?:self\.)?(?P<name>[A-Za-z_$][\w$]*[?!]?)"
)
_ARROW = re.compile(
    r"^\s*(?:export\s+)?(?:const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\([^)]*\)[^=]*=>|\w+\s*=>)"
)
_METHOD = re.compile(
    r"^\s+(?:(?:public|private|protected|internal|static|final|override|async|virtual|synchronized|abstract|get|set)\s+)*"
    r"(?:[\w<>\[\],.?]+\s+)?(?P<name>[A-Za-z_$][\w$]*)\s*\([^;{}]*\)\s*(?:throws [\w., ]+|:\s*[^={;]+)?\{\s*$"
)
_IMPORT = re.compile(r"""^\s*#?(?:import|from|require|use|using|include)\b[\s(]*['"<]?([\w./@:\\-]+)""")
_NOT_NAMES = frozenset(
    {"if", "for", "while", "switch", "catch", "return", "else", "do", "try", "function", "with", "new"}
)


def light_outline(language: str, text: str, lines: list[str], problem: str = "") -> Outline:
    """The outline of ``text``, whose lines are ``lines``."""
    found: list[tuple[int, int, str, str]] = []
    imports: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        if len(line) > 400 or not line.strip():
            continue
        match = _CLASS.match(line)
        kind = "class"
        if match is None:
            kind = "function"
            match = _FUNCTION.match(line) or _ARROW.match(line) or _METHOD.match(line)
        if match is not None and match["name"] not in _NOT_NAMES:
            found.append((number, _indent(line), kind, match["name"]))
        elif (imported := _IMPORT.match(line)) is not None:
            imports[imported[1]] = None
    return Outline(language, len(lines), _nested(found, lines), tuple(imports), problem=problem)


def _nested(found: list[tuple[int, int, str, str]], lines: list[str]) -> tuple[Symbol, ...]:
    symbols: list[Symbol] = []
    outer: list[tuple[int, int, str, str]] = []
    for number, indent, kind, name in found:
        end = _end(lines, number, indent)
        while outer and outer[-1][0] < number:
            outer.pop()
        if outer and outer[-1][2] == "function":
            continue
        qualname = f"{outer[-1][3]}.{name}" if outer else name
        symbols.append(Symbol(qualname, kind, number, end))
        outer.append((end, indent, kind, qualname))
    return tuple(symbols)


def _end(lines: list[str], number: int, indent: int) -> int:
    last = number
    for index in range(number, len(lines)):
        line = lines[index]
        stripped = line.strip()
        if not stripped:
            continue
        if _indent(line) <= indent:
            return index + 1 if stripped[0] in "})]" or stripped.startswith("end") else last
        last = index + 1
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
