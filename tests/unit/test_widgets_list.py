"""Lists and trees: the cursor stays on its thing, the order stands still under the reader, newcomers are counted."""

from __future__ import annotations

import random
from dataclasses import dataclass

from workbench_kit.line import Line
from workbench_kit.list_view import ListView
from workbench_kit.marks import heat_bar
from workbench_kit.tree_list import Node, TreeList

from tests.unit.widget_app import lines_of, shown, until


@dataclass(frozen=True)
class Error:
    id: str
    count: int


def errors(judges: bool = False, height: int = 1) -> ListView[Error]:
    def lines(row: Error, width: int) -> list[Line]:
        first = Line(((row.id, "strong"),), ((f"{row.count} %", ""),))
        return [first, Line((("tokens.py refresh", "muted"),))][:height]

    return ListView(lambda row: row.id, lines, height=height, judges=judges, caption="of 175")


def rows(*ids: str) -> list[Error]:
    return [Error(name, len(ids) - at) for at, name in enumerate(ids)]


def names(view: ListView[Error]) -> list[str]:
    return [row.id for row in view.source]


async def test_a_list_stands_still_while_it_has_the_focus() -> None:
    view = errors()
    async with shown(view) as (pilot, app):
        view.update(rows("b", "d", "f"))
        await pilot.press("j")
        assert view.current == Error("d", 2)
        view.update(rows("a", "b", "c", "d", "e", "f"))
        assert names(view) == ["b", "d", "f", "a", "c", "e"], "known rows keep their place, new ones come last"
        assert (view.current.id if view.current else "") == "d"
        assert view.notes()[-1] == "3 newer"
        view.update(rows("a", "c", "e", "f"))
        assert names(view)[:3] == ["b", "d", "f"], "what is gone stays until the next sort"
        await pilot.press("full_stop")
        assert names(view) == ["a", "c", "e", "f"]
        assert view.notes()[-1] == ""
        view.update(rows("0", "a", "c", "e", "f"))
        app.set_focus(None)
        await until(pilot, lambda: names(view) == ["0", "a", "c", "e", "f"])


async def test_changed_rows_show_their_new_figures_where_they_stand() -> None:
    view = errors()
    async with shown(view) as (_, __):
        view.update(rows("a", "b"))
        view.update([Error("b", 9), Error("a", 1)])
        assert [line.split() for line in lines_of(view, 2)] == [["▸", "a", "1", "%"], ["b", "9", "%"]]


async def test_the_cursor_stays_on_its_row_and_its_line_while_results_stream_in() -> None:
    rng = random.Random(3)
    view = errors(height=2)
    async with shown(view, height=20, focus=False) as (pilot, app):
        known = [f"e{n:03}" for n in range(200)]
        view.update(rows(*known))
        view.go("e100")
        await pilot.pause()
        line = next(y for y, text in enumerate(lines_of(view)) if "▸" in text)
        for _ in range(20):
            known.insert(rng.randrange(100), f"new{rng.random()}")
            view.update(rows(*known))
            assert view.current is not None
            assert view.current.id == "e100"
            assert "e100" in lines_of(view)[line]
        told = [message.key for message in app.heard if isinstance(message, ListView.Moved)]
        assert set(told) <= {"e000", "e100"}


async def test_only_rows_that_changed_are_painted() -> None:
    made: list[str] = []

    def lines(row: Error, width: int) -> list[Line]:
        made.append(row.id)
        return [Line(((row.id, ""),))]

    view = ListView[Error](lambda row: row.id, lines)
    async with shown(view, height=30) as (pilot, _):
        view.update(rows(*"abcdefgh"))
        await pilot.pause()
        made.clear()
        view.update([Error("a", 8), Error("b", 7), Error("c", 99), *rows(*"abcdefgh")[3:]])
        await pilot.pause()
        assert made == ["c"]


async def test_the_first_row_is_told_when_it_comes() -> None:
    view = errors()
    async with shown(view) as (pilot, app):
        view.update(rows("a", "b"))
        await until(pilot, lambda: [m.key for m in app.heard if isinstance(m, ListView.Moved)] == ["a"])


async def test_rows_are_judged_by_key_and_range() -> None:
    view = errors(judges=True)
    async with shown(view) as (pilot, app):
        view.update(rows("a", "b", "c"))
        await pilot.press("space", "j", "v", "j", "x", "u")
        judged = [(m.verdict, m.keys) for m in app.heard if isinstance(m, ListView.Judged)]
        assert judged == [("yes", ("a",)), ("no", ("b", "c")), ("undecided", ("c",))]


async def test_a_list_that_cannot_be_judged_lets_the_keys_pass() -> None:
    view = errors()
    async with shown(view) as (pilot, app):
        view.update(rows("a"))
        await pilot.press("space", "x")
        assert not [m for m in app.heard if isinstance(m, ListView.Judged)]


def tree(*heats: float) -> list[Node[tuple[str, float]]]:
    files = [Node(f"auth/{n}.py", (f"{n}.py", heat)) for n, heat in enumerate(heats)]
    unit = Node("tests/unit/", ("unit/", 0.0), (Node("tests/unit/t.py", ("t.py", 0.0)),))
    ordered = sorted(files, key=lambda node: -node.value[1])
    return [
        Node("auth/", ("auth/", max(heats)), tuple(ordered)),
        Node("tests/", ("tests/", 0.0), (unit,)),
    ]


def files() -> TreeList[tuple[str, float]]:
    return TreeList(lambda value, width: Line(((value[0], ""),), heat_bar(value[1])), unfolded=["auth/"])


async def test_a_tree_folds_and_unfolds() -> None:
    view = files()
    async with shown(view, width=40) as (pilot, app):
        view.show_tree(tree(0.9, 0.2))
        shown_lines = [line.split() for line in lines_of(view, 4)]
        assert shown_lines[0] == ["▸", "▾", "auth/", "■■■■·"]
        assert shown_lines[1] == ["0.py", "■■■■·"]
        assert shown_lines[3] == ["▸", "tests/", "·····"]
        await pilot.press("h")
        assert [row.node.id for row in view.source] == ["auth/", "tests/"]
        await pilot.press("l", "l")
        assert view.row_key(view.cursor) == "auth/0.py"
        await pilot.press("h")
        assert view.row_key(view.cursor) == "auth/"
        assert view.go("tests/unit/t.py"), "going somewhere unfolds the way"
        assert not view.go("nowhere")
        assert view.row_key(view.cursor) == "tests/unit/t.py"
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(m, TreeList.Opened) and m.key == "tests/unit/t.py" for m in app.heard)
        )
        await pilot.press("h", "enter")
        assert [row.node.id for row in view.source][-1] == "tests/unit/", "Enter folds what has children"


async def test_siblings_stand_still_while_the_tree_has_the_focus() -> None:
    view = files()
    async with shown(view) as (pilot, _):
        view.show_tree(tree(0.9, 0.5, 0.1))
        await pilot.press("j", "j")
        view.show_tree(tree(0.1, 0.5, 0.9))
        assert [row.node.value[0] for row in view.source][1:4] == ["0.py", "1.py", "2.py"]
        assert view.row_key(view.cursor) == "auth/1.py"
        await pilot.press("full_stop")
        assert [row.node.value[0] for row in view.source][1:4] == ["2.py", "1.py", "0.py"]
        assert view.row_key(view.cursor) == "auth/1.py"


async def test_clicking_the_arrow_folds() -> None:
    view = files()
    async with shown(view) as (pilot, _):
        view.show_tree(tree(0.9))
        await pilot.click(offset=(2, 0))
        await until(pilot, lambda: len(view.source) == 2)
