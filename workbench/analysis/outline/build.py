"""The outline of any file: the best reader at hand for its language."""

from __future__ import annotations

from workbench.analysis.languages import language
from workbench.analysis.outline.light import light_outline
from workbench.analysis.outline.model import Outline

_PLAIN = frozenset({"template", "configuration", "prose", "sql"})


def outline_of(path: str, text: str) -> Outline:
    """The outline of ``text`` in the language that ``path`` tells. Never raises: see ``Outline.problem``."""
    kind = language(path)
    lines = text.split("\n")
    if kind in _PLAIN or not kind:
        return Outline(kind, len(lines))
    if kind == "python":
        from workbench.analysis.outline.python import python_outline

        try:
            return python_outline(text, len(lines))
        except SyntaxError as error:
            return light_outline(kind, text, lines, f"syntax error in line {error.lineno or '?'}")
        except (ValueError, RecursionError, MemoryError) as error:
            return light_outline(kind, text, lines, f"not parsed: {type(error).__name__}")
    from workbench.analysis.outline.syntax import syntax_outline

    return syntax_outline(kind, text, len(lines)) or light_outline(kind, text, lines)
