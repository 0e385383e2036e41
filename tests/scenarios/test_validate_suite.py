"""The whole suite on both sides: what is new, known, fixed, flaky, or fails in another order alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.validating import judged
from workbench.case.enums import GateStatus
from workbench.case.model import GateResult

TESTS = """import pathlib
import shop

COUNT = pathlib.Path({count!r})


def test_known():
    assert shop.total([1]) == 2


def test_fixed():
    assert shop.total([1, 2]) == 3


def test_now_and_then():
    COUNT.write_text(COUNT.read_text() + ".")
    assert len(COUNT.read_text()) > 1
"""
ORDER = "import shop\n\n\ndef test_0():\n    assert shop.fill() is None\n" + "".join(
    f"\n\ndef test_{n}():\n    assert shop.price() == 3\n" for n in range(1, 7)
)
PRICE = "def fill():\n    pass\n\n\ndef price():\n    return 3\n"
KEPT = "KEPT = []\n\n\ndef fill():\n    KEPT.append(3)\n\n\ndef price():\n    return KEPT[0]\n"


def figures(result: GateResult) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in result.figures}


async def test_failures_are_told_apart(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick(monkeypatch)
    count = tmp_path / "count"
    count.write_text("")
    tests = {"tests/integration/test_shop.py": TESTS.format(count=str(count)), "conftest.py": ""}
    repo = make_repo({"shop.py": "def total(prices):\n    return 0\n", **tests})
    repo.write("shop.py", "def total(prices):\n    return sum(prices)\n")
    result = (await judged(repo, "suite"))["suite"]
    assert result.status is GateStatus.INCONCLUSIVE, result
    assert "test_now_and_then fails in the suite and not always alone: flaky" in result.reason
    told = figures(result)
    assert [told[name] for name in ("new failures", "flaky", "still failing", "fixed")] == [0, 1, 1, 1]


async def test_what_fails_in_another_order_alone_is_named(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"shop.py": PRICE, "test_shop.py": ORDER})
    repo.write("shop.py", KEPT)
    result = (await judged(repo, "suite"))["suite"]
    assert result.status is GateStatus.INCONCLUSIVE, result
    assert "fails in another order (seed " in result.reason
    assert figures(result)["fail in another order"]
    assert figures(result)["new failures"] == 0
