"""Tools of gates: their versions are on record, those that clash live apart, and one gate is stopped alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import RIGHT, SHOP, only, opened, quick
from tests.scenarios.validating import judged, options
from workbench.api import Output
from workbench.case.enums import GateStatus, Verdict
from workbench.engine.gates.tools import first_version
from workbench.engine.session import Session
from workbench.engine.validate import gates_of, validation_of

GATES = """
[gates.old]
command = ["pricelint", "{root}"]
environment = [%r]

[gates.new]
command = ["pricelint", "{root}"]
environment = [%r]

[gates.broken]
command = ["pricelint", "{root}"]
environment = [%r]
"""
SLOW = """
[gates.slow]
command = ["{python}", "-c", "import time; time.sleep(300)"]
"""


def wheel(folder: Path, version: str) -> Path:
    """A wheel of a linter that prints its version."""
    info = f"pricelint-{version}.dist-info"
    files = {
        "pricelint.py": f"import sys\n\ndef main():\n    print('pricelint {version}', sys.argv[1])\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: pricelint\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\npricelint = pricelint:main\n",
        f"{info}/RECORD": "",
    }
    path = folder / f"pricelint-{version}-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


async def test_tools_that_clash_run_in_environments_of_their_own(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick(monkeypatch)
    old, new = wheel(tmp_path, "1.2.0"), wheel(tmp_path, "3.0.1")
    settings = GATES % (str(old), str(new), str(tmp_path / "nowhere.whl"))
    repo = make_repo({**SHOP, "workbench.toml": settings})
    repo.write("shop.py", RIGHT)
    results = await judged(repo, "old", "new", "broken")
    assert results["old"].reason.startswith("exit code 0: pricelint 1.2.0"), results["old"]
    assert results["new"].reason.startswith("exit code 0: pricelint 3.0.1"), results["new"]
    assert results["broken"].status is GateStatus.ERROR
    assert "no environment with" in results["broken"].reason


async def test_one_gate_is_stopped_and_the_others_go_on(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({**SHOP, "workbench.toml": SLOW})
    repo.write("shop.py", RIGHT)
    session = await Session.open(repo.path, options(repo))
    try:
        async with validation_of(session.services, named=("slow", "tamper")) as validation:
            gates = gates_of(session.services, ("slow", "tamper"))
            began = asyncio.Event()
            running = asyncio.ensure_future(validation.run(gates, began=lambda gate: began.set()))
            await began.wait()
            validation.stopping.stop("slow")
            slow, tamper = await running
        assert (slow.status, slow.reason) == (GateStatus.NOT_RUN, "stopped before it ended")
        assert tamper.status is GateStatus.PASS
        assert session.state.gates["slow"].status is GateStatus.NOT_RUN, "it is on record that it said nothing"
    finally:
        await session.close()


async def test_on_screen_the_gate_under_the_cursor_is_stopped(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    only(monkeypatch, "tamper", "suite", "slow")
    repo = make_repo({**SHOP, "workbench.toml": SLOW})
    repo.write("shop.py", RIGHT)
    async with opened(repo, "3") as driver:
        await driver.pilot.press("a")
        await driver.until(lambda: "slow" in driver.session.gates.began, "slow is under way")
        driver.panel("gates").go("slow")
        await driver.pilot.press("S")
        await ended(driver)
        assert "not run: stopped before it ended" in driver.shown("gates")
        assert {"tamper", "suite"} <= {name for name, gate in driver.session.state.gates.items() if gate.tree}
        verdict = driver.session.gates.judgement(driver.session.change.tree).verdict
        assert verdict is Verdict.INCONCLUSIVE, "what was stopped is never ready"


async def ended(driver: Driver) -> None:
    await driver.until(lambda: not driver.session.gates.running, "the gates have ended")
    await driver.settle()


def test_a_version_is_what_looks_like_one() -> None:
    said = {
        b"ruff 0.14.2\n": "0.14.2",
        b"Python 3.11.4": "3.11.4",
        b"usage: tool FILE": "",
        b"v2.0.0-rc1 (x)": "2.0.0-rc1",
    }
    for text, version in said.items():
        assert first_version(Output(("tool",), 0, text, b"", 0.1)) == [version]
    assert first_version(Output(("tool",), 2, b"1.2.3", b"", 0.1)) == [""]
