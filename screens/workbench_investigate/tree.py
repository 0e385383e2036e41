"""The file tree with heat: every folder as hot as the hottest file in it, the hottest first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench_kit.line import Line, Piece
from workbench_kit.marks import HEAT_CELLS, heat_bar
from workbench_kit.text import fit
from workbench_kit.tree_list import Node

from workbench.analysis.ranking import is_weak
from workbench.case.code import Hotspot
from workbench.case.enums import TriageState
from workbench.engine.problems import FOLDED
from workbench_investigate.rows import judged_mark

MOST = 400
"""Files in the tree at most; what is colder can be found by name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder of the tree. ``heat`` is 0..1, against the hottest file; ``weak``: it rests on words alone."""

    path: str
    name: str
    caption: str
    heat: float
    folder: bool
    weak: bool = False


def file_tree(files: Sequence[Hotspot]) -> tuple[Node[Place], ...]:
    """The roots of the tree of ``files`` (best first). A chain of folders with nothing else in them is one row."""
    top = max((spot.score for spot in files), default=0.0) or 1.0
    below: dict[str, list[Node[Place]]] = {"": []}
    for spot in files[:MOST]:
        folder, _, name = spot.path.rpartition("/")
        leaf = Place(spot.path, name, spot.caption, max(0.0, spot.score / top), False, is_weak(spot))
        below.setdefault(folder, []).append(Node(spot.path, leaf))
        while folder and folder.rpartition("/")[0] not in below:
            folder = folder.rpartition("/")[0]
            below[folder] = []
    for folder in sorted(below, key=lambda path: -path.count("/") if path else 1):
        if folder:
            below[folder.rpartition("/")[0]].append(_folder(folder, below[folder]))
    return _sorted(below[""])


def _folder(path: str, children: Sequence[Node[Place]]) -> Node[Place]:
    if len(children) == 1 and children[0].value.folder:
        only = children[0]
        name = f"{path.rpartition('/')[2]}/{only.value.name}"
        return Node(only.id, Place(only.value.path, name, "", only.value.heat, True, only.value.weak), only.children)
    hottest = max((child.value for child in children), key=lambda place: place.heat)
    folder = Place(path, f"{path.rpartition('/')[2]}/", "", hottest.heat, True, hottest.weak)
    return Node(f"{path}/", folder, _sorted(children))


def _sorted(nodes: Sequence[Node[Place]]) -> tuple[Node[Place], ...]:
    return tuple(sorted(nodes, key=lambda node: (-node.value.heat, node.value.name)))


def hot_folders(roots: Sequence[Node[Place]], least: float = 0.45) -> set[str]:
    """Ids of the folders that are warm enough to be unfolded at first."""
    found: set[str] = set()
    for node in roots:
        if node.value.folder and node.value.heat >= least:
            found |= {node.id} | hot_folders(node.children, least)
    return found


def place_line(place: Place, width: int, state: TriageState = TriageState.UNTOUCHED) -> Line:
    """Name, caption, what people said and heat of one row, the names in a column of their own."""
    mark = judged_mark(state)
    room = width - HEAT_CELLS - 1 - 2 * len(mark)
    name = (
        "muted" if place.heat <= 0 or state in FOLDED else "strong" if place.heat >= 0.75 and not place.folder else ""
    )
    column = min(22, room // 2)
    words: tuple[Piece, ...] = ((place.name, name),)
    if place.caption:
        words = (
            (fit(place.name, column) if len(place.name) < column else f"{place.name} ", name),
            (place.caption, "muted"),
        )
    return Line(words, right=(*mark, *heat_bar(place.heat, place.weak)))
