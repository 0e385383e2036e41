"""A tree that folds, shown as a list: files with heat, tests by file. Only what is unfolded is ever a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from textual import events

from workbench_kit.line import Line
from workbench_kit.list_view import MARK, ListView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Node(Generic[T]):
    """One place in the tree: ``id`` is unique in all of it, ``value`` is what the formatter gets."""

    id: str
    value: T
    children: tuple[Node[T], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TreeRow(Generic[T]):
    """A node that is in sight: how deep it stands, and whether it is unfolded (None for a leaf)."""

    node: Node[T]
    depth: int
    unfolded: bool | None

    def __eq__(self, other: object) -> bool:
        """Equal rows look the same; what is folded away does not count."""
        return (
            isinstance(other, TreeRow)
            and (self.node.id, self.depth, self.unfolded) == (other.node.id, other.depth, other.unfolded)
            and self.node.value == other.node.value
        )


class TreeList(ListView[TreeRow[T]], Generic[T]):
    """``line(value, width)`` formats a node; indent and arrow are put before it.

    ``show_tree`` takes the roots in the order they should have; siblings stand still while the tree has the focus.
    ``h`` folds or goes to the parent, ``l`` unfolds or goes to the first child.
    """

    def __init__(
        self,
        line: Callable[[T, int], Line],
        *,
        unfolded: Sequence[str] = (),
        judges: bool = False,
        caption: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            lambda row: row.node.id, self._tree_lines, judges=judges, caption=caption, name=name, id=id, classes=classes
        )
        self.roots: Sequence[Node[T]] = ()
        self.unfolded = set(unfolded)
        self._line = line
        self._order: dict[str, int] = {}

    def show_tree(self, roots: Sequence[Node[T]]) -> None:
        """Show this tree; what was unfolded stays so."""
        self.roots = roots
        self._flatten()

    def go(self, key: str) -> bool:
        """Put the cursor on the node, unfolding what it is in; False when there is none."""
        path = _path_to(self.roots, key)
        if path is None:
            return False
        if not self.unfolded.issuperset(path):
            self.unfolded.update(path)
            self._flatten()
        return super().go(key)

    def fold(self, folded: bool) -> None:
        row = self.current
        if row is None:
            return
        if row.unfolded is not None and row.unfolded == folded:
            self._toggle(row.node.id)
        elif folded:
            self.move_to(self._parent_row())
        elif row.unfolded:
            self.move_to(self.cursor + 1)

    def action_open(self) -> None:
        if self.current is not None and self.current.unfolded is not None:
            self._toggle(self.current.node.id)
        else:
            super().action_open()

    def action_sort(self) -> None:
        self._order = {}
        self._newer = 0
        self.place(list(self._rows(self.roots, 0)))
        self._remember()

    def on_click(self, event: events.Click) -> None:
        row = self.row_at(event)
        offset = event.get_content_offset(self)
        if row is None or offset is None or event.chain != 1:
            return
        shown = self.source[row]
        if shown.unfolded is not None and 0 <= offset.x - MARK - 2 * shown.depth < 2:
            self._toggle(shown.node.id)

    def _toggle(self, node: str) -> None:
        self.unfolded ^= {node}
        self._flatten()

    def _flatten(self) -> None:
        if not self.has_focus:
            self._order = {}
        rows = list(self._rows(self.roots, 0))
        self._wanted = rows
        self.place(rows)
        self._remember()

    def _remember(self) -> None:
        for row in self.source:
            self._order.setdefault(row.node.id, len(self._order))

    def _rows(self, nodes: Sequence[Node[T]], depth: int) -> Iterator[TreeRow[T]]:
        last = len(self._order)
        for node in sorted(nodes, key=lambda node: self._order.get(node.id, last)) if last else nodes:
            unfolded = node.id in self.unfolded if node.children else None
            yield TreeRow(node, depth, unfolded)
            if unfolded:
                yield from self._rows(node.children, depth + 1)

    def _parent_row(self) -> int:
        depth = self.source[self.cursor].depth
        for row in range(self.cursor - 1, -1, -1):
            if self.source[row].depth < depth:
                return row
        return self.cursor

    def _tree_lines(self, row: TreeRow[T], width: int) -> Sequence[Line]:
        arrow = "  " if row.unfolded is None else "▾ " if row.unfolded else "▸ "
        lead = "  " * row.depth + arrow
        line = self._line(row.node.value, width - len(lead))
        return [replace(line, body=((lead, "muted"), *line.body))]


def _path_to(nodes: Sequence[Node[T]], key: str) -> list[str] | None:
    """Ids from a root down to the parent of the node named ``key``; None when it is nowhere."""
    for node in nodes:
        if node.id == key:
            return []
        below = _path_to(node.children, key)
        if below is not None:
            return [node.id, *below]
    return None
