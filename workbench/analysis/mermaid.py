"""The map as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.case.code import MapEdge, MapNode

_SHAPES = {
    "entry": ("([", "])"),
    "middleware": ("[[", "]]"),
    "table": ("[(", ")]"),
    "cache": ("[(", ")]"),
    "queue": (">", "]"),
    "host": ("{{", "}}"),
}
"""What stands around a label, by the kind of node; a rectangle for any other."""

_ENTITIES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
"""Characters that mean something in a label, as Mermaid's entities."""


def mermaid(nodes: Sequence[MapNode], edges: Sequence[MapEdge]) -> str:
    """The map as text that Mermaid draws, left to right.

    A call that tracebacks show is a thick arrow with its count, one that is only read from the code a thin one. Edges
    with an end that is no node are left out; outside text never acts as syntax.
    """
    return "\n".join(_lines(nodes, edges)) + "\n"


def _lines(nodes: Sequence[MapNode], edges: Sequence[MapEdge]) -> Iterator[str]:
    yield "flowchart LR"
    if not nodes:
        yield "    %% no entry point was found"
    names = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    for node in nodes:
        before, after = _SHAPES.get(node.kind, ("[", "]"))
        place = f"<br/>{_text(node.path)}:{node.line}" if node.path else ""
        yield f'    {names[node.id]}{before}"{_text(node.label)}{place}"{after}'
    for edge in edges:
        if edge.source in names and edge.target in names:
            arrow = f"==>|seen {edge.observed}×|" if edge.observed else "-->"
            yield f"    {names[edge.source]} {arrow} {names[edge.target]}"


def _text(text: str) -> str:
    """A label's text: one line, nothing in it that Mermaid or a terminal would act on."""
    return "".join(_ENTITIES.get(char, char if char.isprintable() else " ") for char in text)
