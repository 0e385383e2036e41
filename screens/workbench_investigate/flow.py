"""The flow: how a request comes to the place that is selected, as a tree of calls. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.line import Line
from workbench_kit.panel import Build, Row

from workbench.case.code import MapEdge, MapNode

DEEPEST = 12
MOST = 200
"""Levels and rows that are drawn at most."""


def flow(nodes: Sequence[MapNode], edges: Sequence[MapEdge], path: str) -> Build:
    """Rows for the calls from every entry; nodes in the file ``path`` stand out."""
    return lambda width: _walk(nodes, edges, path)


def _walk(nodes: Sequence[MapNode], edges: Sequence[MapEdge], path: str) -> list[Row]:
    known = {node.id: node for node in nodes}
    calls: dict[str, list[MapEdge]] = {}
    for edge in edges:
        if edge.source in known and edge.target in known:
            calls.setdefault(edge.source, []).append(edge)
    called = {edge.target for edge in edges}
    rows: list[Row] = []

    def draw(name: str, depth: int, seen: int, above: frozenset[str]) -> None:
        node = known[name]
        lead = "  " * (depth - 1) + "└ " if depth else ""
        tone = "strong" if path and node.path == path else "" if node.path else "muted"
        count = ((f"seen {seen}×", "muted"),) if seen else (("static", "faint"),) if depth else ()
        rows.append(Row(Line(((lead, "muted"), (node.label, tone)), right=count), node.path, node.line, node.id))
        for edge in sorted(calls.get(name, ()), key=lambda edge: -edge.observed):
            if edge.target not in above and depth < DEEPEST and len(rows) < MOST:
                draw(edge.target, depth + 1, edge.observed, above | {name})

    roots = [node for node in nodes if node.kind == "entry"] or [node for node in nodes if node.id not in called]
    for node in roots:
        if len(rows) < MOST:
            draw(node.id, 0, 0, frozenset())
    return rows
