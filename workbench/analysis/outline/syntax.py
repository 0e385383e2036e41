"""Outline by a tree-sitter grammar, for the languages whose grammar is installed (the extra ``languages``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from workbench.analysis.outline.model import Outline, Symbol

_GRAMMARS: Mapping[str, tuple[str, str]] = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
}
"""Module and function of each language's grammar."""

_CLASSES = frozenset(
    {
        "class_declaration",
        "abstract_class_declaration",
        "interface_declaration",
        "enum_declaration",
        "record_declaration",
        "annotation_type_declaration",
        "type_spec",
        "internal_module",
    }
)
_FUNCTIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "method_definition",
        "method_declaration",
        "constructor_declaration",
    }
)
_VALUES = frozenset({"arrow_function", "function_expression", "function", "class"})
_IMPORTS = frozenset({"import_statement", "import_spec", "import_declaration"})


@cache
def _parser(language: str) -> Any:
    """The parser of ``language``, or None when its grammar is not installed."""
    if language not in _GRAMMARS:
        return None
    module, function = _GRAMMARS[language]
    try:
        tree_sitter = import_module("tree_sitter")
        grammar = getattr(import_module(module), function)()
        return tree_sitter.Parser(tree_sitter.Language(grammar))
    except (ImportError, AttributeError, ValueError):
        return None


def syntax_outline(language: str, text: str, lines: int) -> Outline | None:
    """The outline of ``text``, or None when no grammar for ``language`` is installed."""
    parser = _parser(language)
    if parser is None:
        return None
    root = parser.parse(text.encode("utf-8", "replace")).root_node
    problem = "syntax error" if root.has_error else ""
    imports = dict.fromkeys(_imports(root))
    return Outline(language, lines, tuple(_symbols(root, "")), tuple(imports), problem=problem)


def _symbols(node: Any, prefix: str) -> Iterator[Symbol]:
    """Symbols below ``node`` outside functions, by an explicit stack: the tree of a minified file is deep."""
    waiting = [(child, prefix) for child in reversed(node.named_children)]
    while waiting:
        current, owner = waiting.pop()
        made = _symbol(current, owner)
        if made is None:
            waiting += [(child, owner) for child in reversed(current.named_children)]
            continue
        yield made
        if made.kind == "class":
            waiting += [(child, made.qualname + ".") for child in reversed(current.named_children)]


def _symbol(node: Any, prefix: str) -> Symbol | None:
    kind = "class" if node.type in _CLASSES else "function" if node.type in _FUNCTIONS else ""
    name = node.child_by_field_name("name")
    if not kind and node.type in ("variable_declarator", "public_field_definition", "field_definition"):
        value = node.child_by_field_name("value")
        name = name or node.child_by_field_name("property")
        if value is not None and value.type in _VALUES:
            kind = "class" if value.type == "class" else "function"
    if not kind or name is None:
        return None
    if node.type == "type_spec" and _type_of(node) not in ("struct_type", "interface_type"):
        return None
    receiver = _receiver(node)
    first, last = node.start_point[0] + 1, node.end_point[0] + 1
    qualname = f"{receiver or prefix}{_text(name)}"
    return Symbol(qualname, kind, first, last, tuple(_bases(node)), tuple(_decorators(node)))


def _type_of(node: Any) -> str:
    found = node.child_by_field_name("type")
    return found.type if found is not None else ""


def _receiver(node: Any) -> str:
    """The type a Go method belongs to, with a dot, or the empty string."""
    receiver = node.child_by_field_name("receiver")
    if receiver is None:
        return ""
    words = _text(receiver).strip("()").split()
    return words[-1].lstrip("*").partition("[")[0] + "." if words else ""


def _bases(node: Any) -> Iterator[str]:
    for child in node.named_children:
        if child.type in ("class_heritage", "superclass", "super_interfaces"):
            for word in _text(child).replace(",", " ").split():
                if word not in ("extends", "implements"):
                    yield word


def _decorators(node: Any) -> Iterator[str]:
    around = [*node.named_children]
    around += [child for child in around if child.type == "modifiers" for child in child.named_children]
    before = node.prev_named_sibling
    while before is not None and before.type == "decorator":
        around.append(before)
        before = before.prev_named_sibling
    for child in around:
        if child.type in ("decorator", "annotation", "marker_annotation"):
            yield _text(child).lstrip("@")


def _imports(root: Any) -> Iterator[str]:
    waiting = list(reversed(root.named_children))
    while waiting:
        node = waiting.pop()
        if node.type == "import_spec_list":
            waiting += reversed(node.named_children)
        if node.type not in _IMPORTS:
            continue
        source = node.child_by_field_name("source") or node.child_by_field_name("path")
        if source is not None:
            yield _text(source).strip("\"'`")
        elif any(child.type in ("import_spec", "import_spec_list") for child in node.named_children):
            waiting += reversed(node.named_children)
        else:
            yield _text(node).removeprefix("import").removeprefix(" static").strip(" ;")


def _text(node: Any) -> str:
    data: bytes | None = node.text
    return (data or b"").decode("utf-8", "replace")
