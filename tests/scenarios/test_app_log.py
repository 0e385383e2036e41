"""The log in pane 1: errors, three ways to search, to the code and back, evidence pinned, the tail followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.scenarios.driver import Driver, incident_case
from workbench.case.events import new_event

START = "2026-05-12 14:02:{:02d},985 "
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/auth/accounts/tokens.py", line 49, in refresh\n'
    "    raise TokenRefreshConflict\n"
    "accounts.errors.TokenRefreshConflict: token 8841 was refreshed before\n"
)


def lines(first: int, last: int, word: str = "login") -> str:
    """A record a second; every tenth an error with its traceback."""
    made = ""
    for at in range(first, last):
        if at % 10 == 9:
            made += f"{START.format(at)}ERROR django.request Internal Server Error: /{word}\n{TRACE}"
        else:
            made += (
                f"{START.format(at)}INFO accounts.views GET /{word} 200 user={8800 + at} token=s3cr3t-{at:05d}-abcdef\n"
            )
    return made


@asynccontextmanager
async def log_case(folder: Path, text: str, size: tuple[int, int] = (160, 48)) -> AsyncIterator[tuple[Driver, Path]]:
    """The incident's case on a log of our own, in the log panel."""
    path = folder / "own.log"
    path.write_text(text, encoding="utf-8")
    async with incident_case(folder, size) as driver:
        question = {"question": "500s", "log_sources": [str(path)], "since": None}
        await driver.session.services.journal.append(new_event("case.question", "you", question))
        await driver.settle()
        log, panel = driver.session.log, driver.panel("log")
        await driver.until(lambda: log.locations == (str(path),) and not log.reading, "the log")
        await driver.until(lambda: panel.row_count() == log.rows, "its rows: the panel is as high as they ask for")
        await driver.press("7")
        yield driver, path


async def rows(driver: Driver, count: int) -> None:
    """Wait until so many rows are shown."""
    await driver.until(lambda: driver.panel("log").row_count() == count, f"{count} rows")
    await driver.settle()


def at_cursor(driver: Driver) -> str:
    """The line under the cursor, as it was written."""
    panel = driver.panel("log")
    return str(panel.row_text(panel.cursor))


async def test_the_oldest_record_first_and_from_error_to_error(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 40)) as (driver, _):
        await rows(driver, 56)
        await driver.press("g")
        assert "14:02:00.985 I" in driver.shown("log")
        assert "1 of 56" in driver.shown("log")
        await driver.press("J")
        assert at_cursor(driver).startswith("2026-05-12 14:02:09,985 ERROR")
        await driver.burst("JJJ")
        assert at_cursor(driver).startswith("2026-05-12 14:02:39,985 ERROR")
        await driver.press("J")
        await driver.sees("no error after this one")
        await driver.press("K")
        assert at_cursor(driver).startswith("2026-05-12 14:02:29,985 ERROR")


async def test_three_modes_that_survive_edits_and_are_recalled(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 40)) as (driver, _):
        await driver.press("slash")
        await driver.type("8812")
        await rows(driver, 1)
        await driver.press("tab")
        await rows(driver, 56)
        panel = driver.panel("log")
        assert panel.vertical_scrollbar.position == panel.scroll_y, "the bar was hidden while one row was shown"
        await driver.press("shift+tab", *["backspace"] * 2)
        await driver.type("41")
        await rows(driver, 20)
        assert "filter /8841▏" in driver.shown("log")
        await driver.press("tab", "tab")
        await rows(driver, 20 + 3 * 4 + 3 * 3)
        assert "filter with context /8841▏" in driver.shown("log")
        await driver.press(*["backspace"] * 4)
        await driver.type("user=8812")
        await rows(driver, 7)
        await driver.press("enter")
        assert "filter with context user=8812: 1 found" in driver.shown("log")
        await driver.until(lambda: "user=8812" in at_cursor(driver), "the match, once all was searched")
        await driver.press("escape")
        await rows(driver, 56)
        await driver.until(lambda: "user=8812" in at_cursor(driver), "the record that was found")
        await driver.press("slash")
        await driver.type("no such word")
        await driver.until(lambda: "no such word: not found; Esc shows every line" in driver.shown("log"), "the reason")
        assert "no error in" not in driver.shown("log")
        await driver.press("escape")
        await driver.until(lambda: "user=8812" in at_cursor(driver), "the record on which the search began")
        await driver.press("slash", "up", "up")
        await driver.until(lambda: "/user=8812▏" in driver.shown("log"), "the query of before")
        await driver.press("shift+tab")
        await driver.until(lambda: "1 found" in driver.shown("log"), "the match")
        await rows(driver, 56)
        await driver.press("escape")
        assert "user=8812" not in driver.shown("log").split("\n")[-1]


async def test_a_small_screen_says_what_is_searched_for_and_that_it_is_followed(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 40), (80, 24)) as (driver, _):
        await driver.press("slash")
        await driver.type("user=8812")
        await driver.press("enter")
        await driver.until(lambda: "filter user=8812: 1 found" in driver.text, "what is searched for")
        await driver.press("escape", "F")
        await driver.until(lambda: "following" in driver.text, "that it is followed")


async def test_highlight_by_pattern_goes_from_match_to_match(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 40)) as (driver, _):
        await driver.press("g", "slash", "tab", "ctrl+r")
        await driver.type(r"user=88\d5 ")
        await driver.press("enter")
        await driver.until(lambda: "user=8805" in at_cursor(driver), "the first match")
        await driver.settle()
        await driver.press("n")
        assert "user=8815" in at_cursor(driver)
        await driver.press("N", "N")
        assert "user=8835" in at_cursor(driver)
        assert driver.panel("log").row_count() == 56
        await driver.press("slash", "ctrl+u", "left_parenthesis", "enter")
        await driver.sees("no pattern:")


async def test_from_a_frame_to_the_code_and_back_to_its_first_record(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 40)) as (driver, _):
        await driver.press("g", "J", "j", "j", "enter")
        await driver.until(lambda: driver.focused == "code", "the code")
        await driver.settle()
        code = driver.panel("code")
        assert (code.path, code.line) == ("accounts/tokens.py", 49)
        await driver.press("escape", "G")
        assert driver.focused == "log"
        await driver.press("escape", "5")
        driver.panel("errors").go("e1")
        await driver.settle()
        await driver.press("L")
        await driver.until(lambda: at_cursor(driver).startswith("2026-05-12 14:02:19,985 ERROR"), "its first record")
        await driver.press("G", "l")
        await driver.sees("Record")
        await driver.press("escape")


async def test_a_record_is_pinned_with_its_text_and_without_its_secrets(tmp_path: Path) -> None:
    text = lines(0, 3) + START.format(4) + "WARNING app login with password=hunter2pass and \x1b[31m[bold]x\n"
    async with log_case(tmp_path, text) as (driver, _):
        await driver.press("G", "m")
        await driver.sees("1 secret taken out")
        told = driver.session.state.pins[-1].text
        assert "login with password=" in told
        assert "hunter2pass" not in told
        assert "\x1b" not in driver.text
        await driver.press("y")
        assert "hunter2pass" in driver.app.clipboard
        await driver.sees("1 line copied")


async def test_local_time_by_key(tmp_path: Path, monkeypatch: object) -> None:
    async with log_case(tmp_path, lines(0, 3)) as (driver, _):
        assert "UTC" in driver.shown("log")
        await driver.press("U")
        assert "local time" in driver.shown("log")
        await driver.press("U")
        assert "UTC" in driver.shown("log")


async def test_follow_through_growth_rotation_and_truncation(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 9)) as (driver, path):
        await driver.press("F")
        assert "following" in driver.shown("log")
        with path.open("a", encoding="utf-8") as out:
            out.write(lines(9, 12))
        await rows(driver, 16)
        assert "14:02:11.985" in driver.shown("log")
        assert driver.panel("log").cursor == 15
        path.rename(path.with_suffix(".log.1"))
        path.write_text(lines(12, 15, "rotated"), encoding="utf-8")
        await rows(driver, 19)
        assert "/rotated" in driver.shown("log")
        await driver.press("g")
        assert "user=8800" in driver.shown("log")
        path.write_text(lines(15, 16, "fresh"), encoding="utf-8")
        await rows(driver, 1)
        await driver.sees("was truncated: read again")
        await driver.press("F")
        assert "following" not in driver.shown("log").split("\n")[-1]


async def test_rows_of_two_files_say_which_they_are_from(tmp_path: Path) -> None:
    async with log_case(tmp_path, lines(0, 3)) as (driver, path):
        path.with_name("other.log").write_text(lines(1, 2, "other"), encoding="utf-8")
        question = {"question": "500s", "log_sources": [str(path), str(path.with_name("other.log"))], "since": None}
        await driver.session.services.journal.append(new_event("case.question", "you", question))
        await rows(driver, 4)
        await driver.press("g")
        for at, name in enumerate(["own", "own", "other", "own"], 1):
            await driver.until(
                lambda at=at, name=name: f"{at} of 4 · {name} ·" in driver.shown("log"), "whose row it is"
            )
            await driver.until(lambda name=name: f" I {name.ljust(5)} " in driver.shown("log"), "beside the row")
            await driver.press("j")
        await driver.press("g", "j", "j", "m")
        await driver.until(lambda: driver.session.state.pins, "the pin")
        text = driver.session.state.pins[-1].text
        assert text.endswith(f"(from {path.with_name('other.log')})"), "evidence says where it is from"
