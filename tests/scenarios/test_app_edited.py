"""What the editor opens, and what stands on screen of a file that was edited."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.driver import incident_case

REFUSED = "open {} elsewhere"
"""What ``e`` says where the terminal cannot be handed to an editor, as in a test."""


async def test_the_editor_opens_what_the_pane_shows_whatever_was_looked_at_in_another(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        (driver.session.services.repository.root / "new.py").write_text("one = 1\n")
        await driver.press("4", "j", "2", "6")
        await driver.sees("one = 1")
        await driver.press("j", "j", "1", "e")
        code = driver.panel("code")
        assert code.path != "new.py"
        await driver.sees(REFUSED.format(f"{code.path}:{code.line}"))
        stood = code.line
        await driver.press("enter", "j", "j", "e")
        await driver.sees(REFUSED.format(f"{code.path}:{stood + 2}"))
        await driver.press("5", "8")
        why = driver.panel("why")
        why.move_to(next(at for at, row in enumerate(why.source) if row.path == "accounts/views.py"))
        await driver.press("e")
        await driver.sees(REFUSED.format("accounts/views.py:64"))


async def test_the_code_is_that_of_the_file_after_it_was_edited(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        code = driver.panel("code")
        file = driver.session.services.repository.root / code.path
        lines = file.read_text().split("\n")
        lines[46] = "    edited = 1"
        file.write_text("\n".join(lines))
        await driver.press("2", "1")
        await driver.sees("edited = 1")
        assert (code.line, code.caption) == (49, "edited since it was looked at")
        lines[46] = "    edited = 2"
        file.write_text("\n".join(lines))
        await driver.sees("edited = 2")
