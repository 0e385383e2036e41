"""Benchmarks are measured in turns and told by their effect; a test that sends more queries is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workbench_gates.performance import delta

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick
from tests.scenarios.validating import judged
from workbench.case.enums import GateStatus

SETTINGS = """
[gates.performance]
benchmark = ["{python}", "-c", "import shop; shop.total(list(range(1000)))"]
threshold = 1.5
"""
SLOW = RIGHT.replace("    return sum(prices)", "    import time\n    time.sleep(1.0)\n    return sum(prices)")


async def test_a_change_that_is_slower_fails_and_one_that_is_not_passes(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    assert "sleep" in SLOW
    repo = make_repo({**SHOP, "workbench.toml": SETTINGS})
    repo.write("shop.py", SLOW)
    slower = (await judged(repo, "performance"))["performance"]
    assert slower.status is GateStatus.FAIL, slower.reason
    assert "× base (effect 1.00, 5 rounds in turns)" in slower.reason
    repo.commit("slow")
    repo.write("shop.py", RIGHT)
    quicker = (await judged(repo, "performance"))["performance"]
    assert quicker.status is GateStatus.PASS, quicker.reason
    assert quicker.figures[0].value is not None
    assert quicker.figures[0].value < 1


def test_the_effect_is_how_often_one_is_above_the_other() -> None:
    assert delta([1, 2, 3], [4, 5, 6]) == 1
    assert delta([1, 2, 3], [1, 2, 3]) == 0
    assert delta([4, 5, 6], [1, 2, 3]) == -1
