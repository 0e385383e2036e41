"""The code view: text at once, colours when they come, and under a line what speaks against it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Executor, Future
from typing import Any

from textual.widget import Widget
from workbench_kit.code_view import Annotation, CodeView, Heat
from workbench_kit.highlighter import Highlighter

from tests.unit.widget_app import lines_of, shown, until
from workbench.analysis.syntax import highlight, window

SOURCE = '''def refresh(old_key: str) -> Token:
    """Exchange a token for a new one."""
    token = Token.objects.get(key=old_key)
    if token.refreshed_at is None:
        token.save()
    raise TokenRefreshConflict(old_key)
'''
SAID = [
    Annotation(5, '8c1f2e "faster refresh", 2 days ago', "history"),
    Annotation(5, "reads, tests, then writes with no lock", "error", "WB101"),
    Annotation(5, "42 of 175 errors end here", "warning"),
]


class Gate(Executor):
    """Does what it is given when it is opened."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []
        self.thread = threading.get_ident()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, fn, args))
        return future

    def open(self) -> None:
        for future, fn, args in self.waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(fn(*args))
        self.waiting.clear()


def tones(view: Widget, y: int) -> set[str]:
    return {str(segment.style.color) for segment in view.render_line(y) if segment.style}


def test_words_are_toned_as_the_lexer_says() -> None:
    spans = highlight("a.py", "@app\ndef f(x: int):\n    return 'a' + str(None)  # why\n")
    lines = "@app\ndef f(x: int):\n    return 'a' + str(None)  # why\n".split("\n")
    said = [[(line[a:b], tone) for a, b, tone in row] for line, row in zip(lines, spans, strict=True)]
    assert said[0] == [("@app", "decorator")]
    assert said[1] == [("def", "keyword"), ("f", "name"), ("int", "type")]
    assert said[2] == [
        ("return", "keyword"),
        ("'a'", "string"),
        ("str", "type"),
        ("None", "literal"),
        ("# why", "comment"),
    ]
    assert highlight("a.unknown", "x\ny") == [(), ()]


def test_a_window_in_the_middle_of_a_docstring_knows_it() -> None:
    lines = ['"""', *["words def class"] * 400, '"""', "x = 1"]
    text, skip = window("a.py", lines, 300, 403)
    spans = highlight("a.py", text, skip)
    assert len(spans) == 103
    assert [tone for _, _, tone in spans[0]] in (["comment"], ["string"])
    assert [tone for _, _, tone in spans[-1]] == ["literal"]


def test_a_line_of_generated_code_stays_plain() -> None:
    text, skip = window("a.js", ["var a = 1;" * 1000, "var b = 2;"], 0, 2)
    assert [bool(spans) for spans in highlight("a.js", text, skip)] == [False, True]


async def test_the_text_stands_before_its_colours() -> None:
    gate = Gate()
    view = CodeView(Highlighter(gate))
    async with shown(view, height=40) as (pilot, _):
        view.show_code("auth/tokens.py", SOURCE)
        await pilot.pause()
        first, second = SOURCE.split("\n")[:2]
        assert [line.strip() for line in lines_of(view, 2)] == [f"1  {first}", f"2  {second}"]
        before = tones(view, 3)
        assert len(gate.waiting) == 1
        gate.open()
        await until(pilot, lambda: len(tones(view, 3)) > len(before))
        view.show_code("auth/tokens.py", SOURCE)
        await pilot.pause()
        assert not gate.waiting, "the same text is not coloured twice"


async def test_colours_that_nobody_waits_for_any_more_are_computed_once() -> None:
    """To stop them would cost a worker."""
    gate = Gate()
    highlighter, lines = Highlighter(gate), SOURCE.split("\n")
    asked = [asyncio.create_task(highlighter.spans("tokens.py", lines, 0, 6)) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(gate.waiting) == 1
    asked[0].cancel()
    await asyncio.sleep(0)
    gate.open()
    assert await asked[1] == highlight("tokens.py", *window("tokens.py", lines, 0, 6))


async def test_what_speaks_against_a_line_stands_under_it_worst_first() -> None:
    view = CodeView()
    async with shown(view, width=60, height=40) as (pilot, _):
        view.show_code("auth/tokens.py", SOURCE, SAID, [Heat(3, 5, 0.9), Heat(6, 6, 0.3)])
        lines = [line.rstrip() for line in lines_of(view, 9)]
        assert lines[2].startswith("▌   3  ")
        assert lines[4].strip() == "▌   5          token.save()"
        assert [line.strip() for line in lines[5:8]] == [
            "✘ reads, tests, then writes with no lock  WB101",
            "▲ 42 of 175 errors end here",
            '◇ 8c1f2e "faster refresh", 2 days ago',
        ]
        assert lines[8].startswith("▏   6  ")
        await pilot.press("G")
        assert view.line == 6, "the cursor goes over lines of code alone"
        await pilot.press("k", "h")
        assert lines_of(view, 7)[5].strip() == "✘ 3 reasons"
        await pilot.press("l")
        assert "WB101" in lines_of(view, 7)[5]


async def test_in_a_low_terminal_the_reasons_fold() -> None:
    view = CodeView()
    async with shown(view, width=60, height=24) as (pilot, _):
        view.show_code("auth/tokens.py", SOURCE, [*SAID, Annotation(2, "said alone", "info")], line=5)
        assert [line.strip() for line in lines_of(view, 8)][2] == "? said alone"
        assert [line.strip() for line in lines_of(view, 8)][6] == "✘ 3 reasons"
        await pilot.press("l")
        assert "✘ reads" in lines_of(view, 8)[6]
        await pilot.press("h")
        assert "3 reasons" in lines_of(view, 8)[6]


async def test_long_reasons_wrap_and_are_never_cut() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 5
    view = CodeView()
    async with shown(view, width=40, height=40) as (_, __):
        view.show_code("a.py", "x = 1\ny = 2\n", [Annotation(1, text.strip(), "error", "WB999")])
        lines = lines_of(view, 12)
        assert " ".join(" ".join(line.split()) for line in lines).replace("✘ ", "").count("lazy dog") == 5
        assert "WB999" in "".join(lines)
        assert "…" not in "".join(lines)


async def test_going_to_a_line_out_of_sight_shows_what_is_around_it() -> None:
    view = CodeView()
    async with shown(view, height=30) as (pilot, _):
        view.show_code("a.py", "".join(f"x{n} = {n}\n" for n in range(1, 2001)), line=1000)
        await pilot.pause()
        assert view.line == 1000
        y = next(y for y, line in enumerate(lines_of(view)) if "x1000 =" in line)
        assert 5 <= y <= 15
        view.go_line(10**9)
        assert view.line == 2000


async def test_sideways_the_numbers_stay() -> None:
    view = CodeView()
    async with shown(view, width=40) as (pilot, _):
        view.show_code("a.py", "x = '" + "0123456789" * 20 + "'\n")
        await pilot.press("right", "right")
        await pilot.pause()
        assert lines_of(view, 1)[0].startswith("    1  123456789")
        assert view.row_text(0).endswith("789'")


async def test_odd_files_are_shown() -> None:
    view = CodeView()
    async with shown(view) as (pilot, _):
        for text in ("", "\n", "\udcff\x00\x1b[31m", "a\r\nb\r\n", "\x0c\x85\u2028\n" * 3, "漢字" * 500):
            view.show_code("odd [x].py", text, [Annotation(99, "beyond the end")])
            await pilot.pause()
            assert all(line.isprintable() for line in lines_of(view))
        view.show_code("a.py", "a\r\nb\r\n")
        assert [line.strip() for line in lines_of(view, 2)] == ["1  a", "2  b"]
