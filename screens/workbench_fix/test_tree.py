"""The tests as a tree: by file, class, test and parameter, worst first. Only files that changed are made anew. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workbench_kit.line import Line, Piece
from workbench_kit.text import width_of
from workbench_kit.tree_list import Node
from workbench_kit.when import brief

from workbench.case.enums import TestOutcome
from workbench.engine.board import Board, Standing, is_stale
from workbench_fix.outcomes import GOOD, OUTCOME, SAID, rank, tail

_SIGNS = "✘◐?✔–○"
"""The signs of a group, in the order in which they stand."""


@dataclass(frozen=True, slots=True)
class Group:
    """A file, class or parametrized test: how many of which outcome are in it, and how many are stale."""

    name: str
    counts: tuple[Piece, ...]
    stale: int
    of: int
    bad: bool
    file: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """One test, or one parameter of it. ``quiet``: its file says already that all of it is stale."""

    name: str
    outcome: TestOutcome
    seconds: float
    stale: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A line about the run as a whole; ``text`` is all of it."""

    glyph: str
    tone: str
    text: str


LEAST = 0.005
"""Seconds under which a duration is not worth reading."""

Value = Group | Leaf | Said
TestNode = Node[Value]

_STUB: tuple[TestNode, ...] = (Node("", Said("", "", "")),)
"""Stands for what is folded away and was not made."""


class TestTree:
    """Makes the tree of a board. A file that is folded is one node, whatever is in it."""

    __test__ = False

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, TestNode]] = {}
        self.widest = 0

    def make(self, board: Board, tree: str, unfolded: Callable[[str], bool]) -> list[TestNode]:
        """A node per file, the bad ones first; ``tree`` is what fresh results speak of."""
        made: dict[str, tuple[object, TestNode]] = {}
        for file, tests in board.files.items():
            key = (board.versions[file], tree, unfolded(file))
            known = self._made.get(file)
            made[file] = known if known and known[0] == key else (key, _file(file, tests, board.now, tree, key[2]))
        self._made = made
        nodes = [node for _, node in made.values()]
        groups = [node.value for node in nodes if isinstance(node.value, Group)]
        self.widest = max((width_of(_text(group)) for group in groups), default=0)
        return sorted(nodes, key=_file_order)

    def line(self, value: Value, width: int) -> Line:
        """How a node looks."""
        match value:
            case Said():
                return Line(((f"{value.glyph} ", value.tone), (value.text, value.tone)))
            case Group(file=True):
                gap = " " * (self.widest - width_of(_text(value)) + 2)
                name = tail(value.name, width - self.widest - 2)
                return Line((*_counts(value), (gap, ""), (name, "strong" if value.bad else "")))
            case Group():
                some = value.stale and value.stale < value.of
                stale: tuple[Piece, ...] = ((f"{value.stale} stale", "warning"),) if some else ()
                return Line(((f"{value.name}  ", "strong" if value.bad else ""), *value.counts), right=stale)
            case Leaf():
                return _leaf(value)


def _leaf(leaf: Leaf) -> Line:
    glyph, tone = OUTCOME[leaf.outcome]
    said = SAID.get(leaf.outcome, "")
    right: list[Piece] = [("stale  ", "warning")] if leaf.stale and not leaf.quiet else []
    if leaf.outcome not in (TestOutcome.NOT_RUN, TestOutcome.RUNNING, TestOutcome.SKIPPED):
        right.append((f"{brief(leaf.seconds) if leaf.seconds >= LEAST else '':>7}", "muted"))
    name: Piece = (leaf.name, "muted" if leaf.stale or tone == "muted" else "strong" if tone == "error" else "")
    return Line(
        ((f"{glyph} ", "muted" if leaf.stale else tone), name, (f"  {said}" if said else "", "muted")),
        right=tuple(right),
    )


def _file(file: str, tests: Mapping[str, Standing], now: set[str], tree: str, unfolded: bool) -> TestNode:
    value = _group(file, tests.values(), now, tree, file=True)
    look = _Look(now, tree, value.stale == value.of)
    return Node(file, value, tuple(_children(file, list(tests.values()), look)) if unfolded else _STUB)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the nodes of one file are made with: the tests under way, the tree, whether all of it is stale."""

    now: set[str]
    tree: str
    quiet: bool


def _group(name: str, standings: Iterable[Standing], now: set[str], tree: str, file: bool = False) -> Group:
    counts: dict[str, int] = {}
    stale = total = 0
    for each in standings:
        outcome = TestOutcome.RUNNING if each.result.id in now else each.result.outcome
        glyph = OUTCOME[outcome][0]
        counts[glyph] = counts.get(glyph, 0) + 1
        stale += is_stale(each, tree)
        total += 1
    tones = dict(OUTCOME.values())
    pieces: list[Piece] = []
    for glyph in filter(counts.get, _SIGNS):
        pieces += [(" ", "")] if pieces else []
        pieces.append((f"{glyph}{counts[glyph]}", tones[glyph]))
    return Group(name, tuple(pieces), stale, total, "✘" in counts, file)


def _children(prefix: str, standings: list[Standing], look: _Look) -> list[TestNode]:
    """The nodes below ``prefix``, whose tests are ``standings``: classes and tests, the bad ones first."""
    below: dict[str, list[Standing]] = {}
    for each in standings:
        below.setdefault(_step(prefix, each.result.id), []).append(each)
    nodes: list[tuple[tuple[int, str], TestNode]] = []
    for ident, inner in below.items():
        bad = min(rank(each.result.outcome) for each in inner)
        name = ident.removeprefix(prefix).removeprefix("::")
        if len(inner) == 1 and inner[0].result.id == ident:
            node = _one(name, inner[0], look)
        else:
            node = Node(ident, _group(name, inner, look.now, look.tree), tuple(_children(ident, inner, look)))
        nodes.append(((bad, ident if bad < GOOD else ""), node))
    nodes.sort(key=lambda pair: pair[0])
    return [node for _, node in nodes]


def _one(name: str, standing: Standing, look: _Look) -> TestNode:
    result = standing.result
    outcome = TestOutcome.RUNNING if result.id in look.now else result.outcome
    leaf = Leaf(name or "the file", outcome, result.seconds, is_stale(standing, look.tree), look.quiet)
    return Node(result.id if name else f"{result.id}::", leaf)


def _step(prefix: str, test: str) -> str:
    """The id one level below ``prefix`` on the way to ``test``; parameters are a level of their own."""
    rest = test.removeprefix(prefix)
    if not rest.startswith("::"):
        return test
    name, bracket, _ = rest[2:].partition("[")
    first, more, _ = name.partition("::")
    return f"{prefix}::{first}" if more or bracket else test


def _counts(group: Group) -> tuple[Piece, ...]:
    """All stale is said in place of the signs: what they said is no longer known."""
    return ((f"{group.stale} stale", "muted"),) if group.stale and group.stale == group.of else group.counts


def _text(group: Group) -> str:
    return "".join(text for text, _ in _counts(group))


def _file_order(node: TestNode) -> tuple[bool, str]:
    return (not (isinstance(node.value, Group) and node.value.bad), node.id)
