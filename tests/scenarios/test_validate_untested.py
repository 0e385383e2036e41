"""A repository without tests: what rests on tests says that there are none, and the other gates judge all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import only, opened, quick

KEY = "AKIA" + "Q3EGRJ2WLP5TMX7N"


async def test_where_no_test_runner_fits_the_other_gates_speak(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    only(monkeypatch, "security", "suite", "tamper")
    repo = make_repo({"deploy.yml": "region: eu\n"})
    repo.write("deploy.yml", f"region: eu\nkey: {KEY}\n")
    async with opened(repo, "3") as driver:
        await driver.press("a")
        await driver.until(lambda: len(driver.session.state.gates) == 3 and not driver.session.gates.running, "gates")
        await driver.settle()
        said = {name: (gate.status.value, gate.reason) for name, gate in driver.session.state.gates.items()}
        assert said["tamper"][0] == "pass", said
        assert said["suite"][0] == "inconclusive", said
        assert said["suite"][1].startswith("no test runner fits this repository: "), said
        assert said["security"][0] == "fail", said
        assert "a secret in clear" in said["security"][1]
        assert "✘ NOT READY" in driver.shown("gates")
