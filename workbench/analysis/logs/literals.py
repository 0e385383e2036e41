"""The literal texts of logging calls in source code of any common language."""

from __future__ import annotations

import re

from workbench.analysis.logs.calls import Call

_CALL = re.compile(
    r"\b(?:\w*log\w*|console|slog|zap)\s*(?:\([^()]*\))?(?:\s*\.\s*\w+\([^()]*\))*\s*(?:\.|->|::)\s*"
    r"(?:debug|info|warn|warning|error|exception|critical|fatal|trace|log|notice|panic|print)\w*"
    r"(?:\s*\(\s*|\s*\{\s*|[ \t]+)(?:(?:\{[^{}]*\}|[\w.]+)\s*,\s*)?(?:event=|msg=)?(?:_{1,2}\(|gettext\()?"
    r"[rbuf]{0,2}(\"\"\"|\"|'|`)",
    re.IGNORECASE,
)
"""Of Ruby without brackets or with a block; after a level or an error; in the words of a translation."""
_MACRO = re.compile(r"\b(?:debug|info|warn|error|trace)!\(\s*(?:[^\"()]*,\s*)?(\")")
_JOINED = re.compile(r"\s*\+?\s*[rbuf]{0,2}(\"|'|`)")
LONGEST = 600
ENDINGS = (".py", ".js", ".ts", ".jsx", ".tsx", ".mjs", ".java", ".kt", ".go", ".rs", ".rb", ".php", ".cs", ".scala")
"""Endings of the files that have logging calls known here."""


def calls_in(path: str, text: str) -> list[Call]:
    """The logging calls of one file that begin with a literal; adjacent literals are joined."""
    found: list[Call] = []
    for pattern in (_CALL, _MACRO):
        for match in pattern.finditer(text):
            literal = _literal(text, match.end(1), match.group(1))
            if literal.strip():
                found.append(Call(path, text.count("\n", 0, match.start()) + 1, literal))
    return found


def _literal(text: str, start: int, quote: str) -> str:
    parts: list[str] = []
    at = start
    while True:
        end = _end(text, at, quote)
        parts.append(text[at:end])
        joined = _JOINED.match(text, end + len(quote))
        if joined is None or sum(map(len, parts)) > LONGEST:
            return "".join(parts)[:LONGEST]
        at, quote = joined.end(), joined.group(1)


def _end(text: str, at: int, quote: str) -> int:
    limit = min(len(text), at + LONGEST)
    while at < limit:
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at
        else:
            at += 1
    return limit
