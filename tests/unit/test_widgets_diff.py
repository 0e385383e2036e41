"""The diff view: what stands where, what is judged, and that it only says what is wanted."""

from __future__ import annotations

import pytest
from workbench_kit.annotations import Annotation
from workbench_kit.diff_files import DiffFiles, file_rows
from workbench_kit.diff_view import DiffView

from tests.diffs import change, judged
from tests.unit.widget_app import lines_of, shown, until
from workbench.analysis.diffs import Decisions, Diff, diff_texts, everything, parse_diff
from workbench.analysis.diffs.select import lines_of_hunk


async def test_a_unified_diff_says_everything_in_signs() -> None:
    view = DiffView()
    async with shown(view, width=90, height=48) as (_, __):
        view.show_diff(change())
        lines = lines_of(view)
        assert lines[0].split() == ["auth/tokens.py", "+4", "−3", "unified"]
        assert lines[1].strip() == "⋯ 28 lines"
        assert lines[2].split() == ["29", "29", "x28", "=", "28"]
        assert [line.split()[:2] for line in lines[5:8]] == [["32", "−"], ["33", "−"], ["32", "+"]]
        text = "\n".join(lines)
        assert "+ end = 2␍" in text
        assert "last  no newline at end of file" in text
        assert "new file" in text
        assert "binary, content not in this diff" in text
        assert "mode 100644 → 100755" in text
        assert "renamed from old name" in text
        assert "auth/[new].py" in text


async def test_a_file_that_is_gone_and_one_in_conflict_say_so() -> None:
    view = DiffView()
    async with shown(view, width=90, height=48) as (_, __):
        view.show_diff(Diff((diff_texts("gone.py", "x\n", None), *parse_diff("* Unmerged path both.py\n").files)))
        lines = lines_of(view)
        assert "deleted file" in lines[1]
        text = "\n".join(lines)
        assert "both.py" in text
        assert "conflict" in text


async def test_side_by_side_like_lines_stand_together() -> None:
    view = DiffView()
    async with shown(view, width=140, height=48) as (_, __):
        view.show_diff(change())
        rows = [line.split("│") for line in lines_of(view, 12) if "│" in line]
        halves = [(left.strip(), right.strip()) for left, right in rows]
        assert ("29   x28 = 28", "29   x28 = 28") in halves
        assert any("Token.objects.get" in left and "Token.objects.filter" in right for left, right in halves)
        assert any(not left and "transaction.atomic" in right for left, right in halves)


async def test_words_that_changed_within_a_line_are_marked() -> None:
    view = DiffView()
    async with shown(view, width=90, height=48) as (_, __):
        view.show_diff(change())
        mark = view.style("removed removed-word").bgcolor
        y = next(y for y, line in enumerate(lines_of(view)) if "objects.get" in line)
        marked = [
            segment.text.strip() for segment in view.render_line(y) if segment.style and segment.style.bgcolor == mark
        ]
        assert marked == ["token", "get"]


async def test_hunks_and_files_are_walked() -> None:
    view = DiffView()
    async with shown(view, width=90, height=20) as (pilot, _):
        view.show_diff(change())
        await pilot.press("J")
        assert view.where() == "hunk 1 of 2, unified"
        assert view.place is not None
        assert view.place.line == 32, "the first line that it changes"
        await pilot.press("k", "J")
        assert view.where() == "hunk 2 of 2, unified"
        assert (view.place.path, view.place.hunk) == ("auth/tokens.py", 1)
        await pilot.press("J", "J", "J")
        assert view.place.path == "auth/[new].py", "the last hunk is the last"
        await pilot.press("K", "K")
        assert view.where() == "hunk 1 of 2, unified"
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert view.place.path == "picture.png"
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert view.place.path == "auth/tokens.py"


async def test_the_file_on_top_is_not_said_to_hold_the_hunk_of_another() -> None:
    view = DiffView()
    async with shown(view, width=90, height=9) as (pilot, _):
        view.show_diff(change())
        await pilot.press("J", "J", "J")
        assert view.place is not None
        assert view.place.path == "auth/[new].py"
        view.scroll_to(y=3, animate=False)
        await pilot.pause()
        top = lines_of(view)[0]
        assert "auth/tokens.py" in top
        assert "hunk" not in top
        blank = next(row for row, shown in enumerate(view.source) if shown.kind == "blank")
        view.scroll_to(y=blank, animate=False)
        await pilot.pause()
        assert "auth/tokens.py" in lines_of(view)[0]
        assert "auth/tokens.py" not in lines_of(view)[1]


async def test_a_hunk_a_range_of_lines_and_a_file_are_judged() -> None:
    view = DiffView()
    async with shown(view, width=90, height=48) as (pilot, app):
        diff = change()
        view.show_diff(diff)
        await pilot.press("J", "space")
        assert judged(app)[-1].part == lines_of_hunk(diff, 0, 0)
        assert view.decisions.of(lines_of_hunk(diff, 0, 0)) == "yes"
        assert all("✔" in line for line in lines_of(view)[5:9])
        await pilot.press("v", "j", "x")
        assert judged(app)[-1].verdict == "no"
        assert [ref[2] for ref in sorted(judged(app)[-1].part.lines)] == [3, 4]
        assert "✘" in lines_of(view)[5]
        assert "◐" in lines_of(view)[0], "the file is partly accepted"
        assert view.range_start is None
        await pilot.press("g", "x")
        assert view.decisions.of(lines_of_hunk(diff, 0, 1)) == "no"
        await pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket", "space")
        assert judged(app)[-1].part.headers == {3}, "a file's mode is judged on its name"
        await pilot.press("u")
        assert view.decisions.of(judged(app)[-1].part) == "undecided"


async def test_other_context_keeps_decisions_and_place() -> None:
    view = DiffView()
    async with shown(view, width=90, height=48) as (pilot, app):
        view.show_diff(change())
        await pilot.press("J", "J", "space", "right_curly_bracket")
        wanted = [message for message in app.heard if isinstance(message, DiffView.Wanted)]
        assert [(message.context, message.ignore_space) for message in wanted] == [(6, False)]
        before = view.place
        view.show_diff(change(wanted[0].context))
        await until(pilot, lambda: view.place is not None and view.place == before)
        diff = view.diff
        assert view.decisions.of(lines_of_hunk(diff, 0, 1)) == "yes"
        assert view.decisions.of(lines_of_hunk(diff, 0, 0)) == "undecided"
        await pilot.press("left_curly_bracket", "left_curly_bracket", "left_curly_bracket", "left_curly_bracket")
        assert view.context == 1


async def test_without_changes_of_space_nothing_can_be_judged() -> None:
    view = DiffView()
    async with shown(view, width=90, height=48) as (pilot, app):
        view.show_diff(change())
        await pilot.press("W", "J", "space")
        assert not judged(app)
        assert [m.reason for m in app.heard if isinstance(m, DiffView.Locked)] == [view.locked]
        await pilot.press("W", "space")
        assert judged(app)


async def test_the_key_and_the_width_decide_how_it_stands() -> None:
    view = DiffView()
    async with shown(view, width=140, height=40) as (pilot, _):
        view.show_diff(change())
        await pilot.press("J", "J")
        assert view.where() == "hunk 2 of 2, side by side"
        place = view.place
        await pilot.press("vertical_line")
        await until(pilot, lambda: view.where() == "hunk 2 of 2, unified" and view.place == place)
        view.mode = "auto"
        await pilot.resize_terminal(80, 24)
        await pilot.resize_terminal(140, 40)
        await until(pilot, lambda: view.where() == "hunk 2 of 2, side by side" and view.place == place)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: view.where() == "hunk 2 of 2, unified" and view.place == place)


@pytest.mark.parametrize("width", [60, 140])
async def test_long_lines_are_wrapped_when_wanted(width: int) -> None:
    view = DiffView()
    long = "word " * 60
    async with shown(view, width=width, height=40) as (pilot, _):
        view.show_diff(Diff((diff_texts("a", "x\n", f"{long}\n漢字{long}\tend\n"),)))
        assert not any("end" in line for line in lines_of(view))
        view.action_wrap()
        await pilot.pause()
        text = "".join("".join(lines_of(view)).replace("│", "").split())
        assert "end" in text
        assert text.count("word") == 120
        await pilot.press("G", "g", "J")


async def test_the_file_is_named_above_what_is_scrolled() -> None:
    view = DiffView()
    async with shown(view, width=90, height=10) as (pilot, _):
        view.show_diff(change())
        await pilot.press(*["j"] * 14)
        await pilot.pause()
        assert lines_of(view, 1)[0].split()[:3] == ["auth/tokens.py", "+4", "−3"]
        await pilot.press(*["k"] * 6)
        await pilot.pause()
        here = view.map.top(view.cursor) - view.scroll_offset.y
        assert here >= 1, "the cursor is never under the name"


async def test_ten_thousand_lines_are_walked_to_the_end() -> None:
    files = tuple(
        diff_texts(f"m{n}.py", "".join(f"a{i}\n" for i in range(50)), "".join(f"b{i}\n" for i in range(50)))
        for n in range(100)
    )
    view = DiffView()
    async with shown(view, width=150, height=40) as (pilot, _):
        view.show_diff(Diff(files))
        await until(pilot, lambda: len(view.maker.file_rows) == 100 and view.row_count() > 5_000)
        assert view.go("m99.py", 50)
        assert view.place is not None
        assert (view.place.path, view.place.line) == ("m99.py", 50)
        assert not view.go("nowhere.py")


@pytest.mark.parametrize("width", [90, 140])
async def test_comments_stand_under_their_lines(width: int) -> None:
    view = DiffView()
    said = {"auth/tokens.py": [Annotation(33, "why not select_for_update?", "info", "ada"), Annotation(33, "no lock")]}
    async with shown(view, width=width, height=48) as (pilot, _):
        view.show_diff(change())
        view.annotate(said)
        await pilot.pause()
        lines = [line.strip() for line in lines_of(view)]
        at = next(at for at, line in enumerate(lines) if "objects.filter" in line)
        assert lines[at + 1 : at + 3] == ["✘ no lock", "? why not select_for_update?  ada"]
        await pilot.press("J", *["j"] * (4 if width == 90 else 3))
        assert view.place is not None
        assert view.place.line == 34, "the cursor goes over lines of the diff alone"


async def test_a_diff_may_come_before_the_screen() -> None:
    view = DiffView()
    view.show_diff(change())
    async with shown(view, width=90, height=48) as (_, __):
        assert lines_of(view, 1)[0].split()[0] == "auth/tokens.py"


async def test_an_empty_diff_shows_nothing_and_judges_nothing() -> None:
    view = DiffView()
    async with shown(view) as (pilot, app):
        view.show_diff(Diff())
        await pilot.press("J", "K", "space", "v", "x", "vertical_line", "G", "y", "enter")
        assert view.place is None
        assert not judged(app)
        view.show_diff(change(), Decisions(accepted=everything(change())))
        assert "✔" in lines_of(view)[0]


async def test_the_files_are_listed_with_their_counts_and_what_was_decided() -> None:
    files, diff = DiffFiles(), change()
    async with shown(files, width=40) as (_, __):
        files.update(file_rows(diff, Decisions().judge("yes", lines_of_hunk(diff, 0, 0))))
        lines = [line.split() for line in lines_of(files, 5)]
        assert lines[0] == ["▸", "◐", "M", "auth/tokens.py", "+4", "−3"]
        assert lines[1] == ["A", "auth/[new].py", "+1", "−0"]
        assert lines[2] == ["M", "picture.png", "binary"]
        assert lines[4][:3] == ["R", "new", "name"]
