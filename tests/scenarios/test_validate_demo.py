"""The demo's change under its gates: not ready before the fix, ready after a right one, not ready after unsafe ones.

The unsafe servers that a probe shows each are in test_validate_server.py, on a smaller service.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from workbench_gates import stress

from tests.scenarios.project import quick
from tests.scenarios.test_demo_project import FIXES, RACE
from workbench.analysis.verdict import judge
from workbench.case.enums import Verdict
from workbench.case.model import GateResult, Judgement
from workbench.demo import write_demo
from workbench.engine.options import Options
from workbench.engine.proof import sides
from workbench.engine.session import Session
from workbench.engine.validate import gates_of, validation_of

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")

ONE = '@pytest.mark.parametrize("run", range(20))\n'
TEST = RACE.replace(ONE, "").replace("test_one_winner(run)", "test_one_winner()")


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    quick(monkeypatch)
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.setattr(stress, "RUNS", 10)
    monkeypatch.setattr(sides, "RACY_REPEATS", 10)
    repo = write_demo(tmp_path).repo
    (repo / "tests" / "test_race.py").write_text(TEST)
    return repo


def applied(repo: Path, name: str) -> None:
    subprocess.run(["git", "apply", FIXES / f"{name}.patch"], cwd=repo, check=True)


async def validated(repo: Path, *gates: str) -> tuple[Judgement, dict[str, GateResult]]:
    """The verdict, as ``workbench validate`` gives it, and what each gate said."""
    folder = repo.parent
    options = Options(data=folder / "data", cache=folder / "cache", jobs=1, actor="you", trust=True)
    session = await Session.open(repo, options)
    try:
        async with validation_of(session.services, named=gates) as validation:
            results = await validation.run(gates_of(session.services, gates))
            asked = {result.id for result in results}
            others = [gate for gate in gates_of(session.services) if gate.name not in asked]
            results += await validation.left_out(others)
            return judge(results, validation.change.head), {result.id: result for result in results}
    finally:
        await session.close()


async def test_before_the_fix_the_right_gates_are_red(demo: Path) -> None:
    judgement, gates = await validated(demo, "suite", "proof", "tamper")
    assert judgement.verdict is Verdict.NOT_READY
    assert gates["suite"].status == "fail"
    assert "test_one_winner" in gates["suite"].reason
    assert gates["proof"].status in ("fail", "inconclusive"), "there is no fix to prove"
    assert gates["stress"].status == "not_run"
    assert any(line.startswith("probes not run") for line in judgement.not_checked)


async def test_after_a_right_fix_it_is_ready(demo: Path) -> None:
    applied(demo, "right")
    judgement, gates = await validated(demo)
    assert judgement.verdict is Verdict.READY, judgement.reasons
    passed = {name for name, gate in gates.items() if gate.status == "pass"}
    assert passed >= {"suite", "proof", "stress", "coverage", "probes", "load", "rules", "tamper"}
    assert gates["stress"].figures[0].value == 0
    assert gates["stress"].figures[0].baseline, "the control fails"


async def test_a_cache_by_the_start_of_the_token_is_not_ready_and_says_why(demo: Path) -> None:
    applied(demo, "cache_by_prefix")
    test = demo / "tests" / "test_refresh.py"
    test.write_text(test.read_text().replace("assert ", "assert True or ", 1))
    judgement, gates = await validated(demo, "probes", "rules", "tamper")
    assert judgement.verdict is Verdict.NOT_READY
    assert "one account was answered as another" in gates["probes"].reason
    assert "only the start" in gates["rules"].reason
    assert gates["tamper"].status == "fail", "the test was weakened as well"
