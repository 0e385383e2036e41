"""Every screen at the four sizes of the design, against its snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.driver import incident_case, workbench
from tests.scenarios.project import only
from tests.snapshots import incident
from tests.snapshots.picture import check_screen

SIZES = ((80, 24), (100, 30), (120, 40), (160, 48))
PANES = {"investigate": "1", "fix": "2", "validate": "3"}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_panes(tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "suite", "proof", "tamper")
    async with incident_case(tmp_path, size) as driver:
        for name, key in PANES.items():
            await driver.press(key)
            await driver.until(lambda key=key: key == "1" or driver.session.gates.known, "gates")
            await driver.settle()
            await driver.still()
            check_screen(f"{name}-{size[0]}x{size[1]}", driver.app)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_start(tmp_path: Path, size: tuple[int, int]) -> None:
    repo, _ = await incident.write_case(tmp_path)
    shown = Path("/auth-service")
    async with workbench(repo, incident.arguments(tmp_path), size) as driver:
        await driver.sees("Recent cases")
        await driver.settle()
        driver.app.query_one("#repository").value = str(shown)
        await driver.settle()
        check_screen(f"start-{size[0]}x{size[1]}", driver.app)


async def test_too_small(tmp_path: Path) -> None:
    async with incident_case(tmp_path, (50, 12)) as driver:
        check_screen("too-small", driver.app)
