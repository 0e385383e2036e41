"""Draws the map: nodes and edges breadth-first from the chosen entries, and what tracebacks have seen. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workbench.api import LogError, MapEdge, MapNode
from workbench_map.graph import Code, Place
from workbench_map.routes import Entry

MOST = 200
"""Nodes of a map at most; the nearest to the entries are kept."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map, and the functions in it."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    places: tuple[Place, ...]


@dataclass
class _Sheet:
    nodes: dict[str, MapNode] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def add(self, source: str, node: MapNode) -> bool:
        """The node and the edge to it, while there is room; whether the node is new."""
        new = node.id not in self.nodes
        if new and len(self.nodes) >= MOST:
            return False
        self.nodes.setdefault(node.id, node)
        if source:
            self.edges.setdefault((source, node.id))
        return new


def observed(code: Code, errors: Sequence[LogError]) -> Mapping[tuple[str, str], int]:
    """Calls that tracebacks show: consecutive frames in the repository, with how often."""
    counts: Counter[tuple[str, str]] = Counter()
    for error in errors:
        places = [code.at(frame.path, frame.line) for frame in error.frames if frame.mapped]
        for caller, callee in pairwise(places):
            if caller and callee and caller.id != callee.id:
                counts[caller.id, callee.id] += error.count
    return counts


def middleware_of(code: Code, entry: Entry) -> list[Place]:
    """The repository's own middleware in front of a route, in order."""
    if entry.kind != "route":
        return []
    names = dict.fromkeys(name for file in code.files for name in file.middleware)
    return [place for name in names if (place := code.find(f"{name}.__call__") or code.find(name))]


def draw(code: Code, chosen: Sequence[Entry], seen: Mapping[tuple[str, str], int]) -> Drawing:
    """The map of the chosen entries; edges carry how often they were observed."""
    sheet = _Sheet()
    todo: list[Place] = []
    for entry in chosen:
        name = f"entry:{entry.label}"
        sheet.add("", MapNode(name, entry.label, "entry", entry.path, entry.line))
        for place in middleware_of(code, entry):
            todo += _function(sheet, name, place, "middleware")
        for place in entry.needs:
            todo += _function(sheet, name, place, "function")
        for place in entry.serves:
            todo += _function(sheet, name, place, "function")
    while todo:
        place = todo.pop(0)
        for call in place.fn.calls:
            for outside in code.outside(call, place):
                sheet.add(place.id, outside)
        for _, callee in code.calls(place):
            todo += _function(sheet, place.id, callee, "function")
    for source, target in seen:
        for ident in (source, target):
            _function(sheet, "", code.by_id[ident], "function")
        if source in sheet.nodes and target in sheet.nodes:
            sheet.edges.setdefault((source, target))
    edges = tuple(MapEdge(source, target, seen.get((source, target), 0)) for source, target in sheet.edges)
    return Drawing(tuple(sheet.nodes.values()), edges, tuple(sheet.places.values()))


def _function(sheet: _Sheet, source: str, place: Place, kind: str) -> list[Place]:
    """Adds a function; gives it back when it is to be walked."""
    node = MapNode(place.id, place.fn.qualname, kind, place.path, place.fn.line)
    if not sheet.add(source, node):
        return []
    sheet.places[place.id] = place
    return [place]
