"""Moving about: panes, panels, problems, there and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.geometry import Region
from textual.strip import Strip

from tests.scenarios.driver import incident_case


async def test_from_pane_to_pane_and_from_panel_to_panel(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        assert driver.app.current_mode == "investigate"
        await driver.press("6")
        assert driver.focused == "files"
        await driver.press("tab")
        assert driver.focused == "findings"
        await driver.press("shift+tab", "shift+tab")
        assert driver.focused == "errors"
        await driver.press("2")
        assert "no test was run in this case yet" in driver.text
        await driver.press("3")
        assert "no gate has judged this change yet" in driver.text
        await driver.press("1")
        assert driver.focused == "errors"


async def test_problems_are_walked_and_the_middle_follows(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        assert driver.panel("code").path == "accounts/tokens.py"
        assert driver.panel("code").line == 49
        await driver.press("J")
        assert driver.panel("code").path == "accounts/middleware.py"
        assert "DatabaseTimeout" in driver.shown("why")
        await driver.press("K", "K")
        assert driver.panel("code").path == "config/settings.py"


async def test_the_code_of_the_next_problem_is_painted_once_with_its_colours_and_in_its_place(tmp_path: Path) -> None:
    """A screen of code is most of what a key makes the terminal show."""
    async with incident_case(tmp_path) as driver:
        code = driver.panel("code")
        frames: list[tuple[int, bool]] = []
        paint: Callable[[Region], list[Strip]] = code.render_lines

        def painted(crop: Region) -> list[Strip]:
            if code.path == "accounts/middleware.py":
                frames.append((code.size.height, bool(code._spans)))
            return paint(crop)

        code.render_lines = painted
        await driver.press("J")
        assert code.path == "accounts/middleware.py"
        height = frames[0][0]
        assert [frame for frame in frames if frame[0] == height] == [(height, True)], (
            "again only where its room changed"
        )


async def test_a_list_moves_the_middle_at_once_and_enter_and_esc_go_there_and_back(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("4")
        assert driver.focused == "causes"
        await driver.press("j")
        assert "two 200s for one user in 3 ms" in driver.shown("why")
        assert driver.panel("code").line == 47
        await driver.press("enter")
        assert driver.focused == "code"
        await driver.press("escape")
        assert driver.focused == "causes"


async def test_evidence_opens_where_it_stands(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("8")
        why = driver.panel("why")
        why.move_to(next(at for at, row in enumerate(why.source) if row.path == "accounts/views.py"))
        await driver.press("enter")
        assert (driver.panel("code").path, driver.panel("code").line) == ("accounts/views.py", 64)
        await driver.press("escape")
        assert driver.focused == "why"


async def test_zoom_gives_one_panel_the_screen(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("7", "plus")
        assert driver.panel("log").region.width == 160
        assert "6 Files" not in driver.shown("body")
        await driver.press("escape")
        assert driver.panel("files").display


async def test_a_key_that_means_nothing_now_says_why(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("z")
        await driver.sees("we have done nothing that can be taken back")
        await driver.press("2", "9")
        await driver.sees("this pane has no panel 9")


async def test_errors_that_were_always_there_open_and_fold(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        assert "InvalidToken, UnicodeDecodeError" in driver.shown("errors")
        await driver.press("G", "enter")
        assert driver.panel("errors").row_count() == 6
        await driver.press("enter")
        assert driver.panel("errors").row_count() == 4


async def test_the_mouse_works(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.pilot.click("#findings", offset=(5, 2))
        await driver.settle()
        assert driver.focused == "findings"
        assert driver.panel("code").path == "accounts/middleware.py"
        at = driver.text.split("\n")[0].index("2 Fix")
        await driver.pilot.click("Header", offset=(at, 0))
        await driver.settle()
        assert driver.app.current_mode == "fix"
        footer = driver.text.split("\n")[47]
        await driver.pilot.click("Footer", offset=(footer.index("help"), 0))
        await driver.sees("every key and what it does")


async def test_leaving_asks_and_neither_the_same_key_nor_enter_confirms(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("q")
        await driver.sees("The case is kept.")
        await driver.press("q", "enter")
        assert driver.app.is_running
        assert "The case is kept." in driver.text
        await driver.press("y")
        await driver.until(lambda: not driver.app.is_running, "the end")
        assert driver.app.return_code == 0


async def test_in_a_narrow_terminal_the_errors_come_to_the_front_when_the_checks_stood_there_first(
    tmp_path: Path,
) -> None:
    async with incident_case(tmp_path, (80, 24)) as driver:
        driver.pane.go_panel(driver.panel("checks"))
        assert driver.pane.front is driver.panel("checks")
        driver.app.case_changed()
        await driver.until(lambda: driver.pane.front is driver.panel("errors"), "the errors")
