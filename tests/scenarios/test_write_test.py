"""``workbench write-test``: on the demo's three defects the written test is red for the right reason as it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.project import DJANGO, quick
from workbench.analysis.ranking import Ranking
from workbench.analysis.writers import Written
from workbench.case.enums import ProofStatus
from workbench.demo import write_demo
from workbench.engine.options import from_arguments
from workbench.engine.proof import sides
from workbench.engine.proof.record import prove_change
from workbench.engine.session import Session
from workbench.engine.views import Views, derive
from workbench.engine.writing import ask_of, save, written

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("jwt", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")

FIX = Path(__file__).parent / "demo_fixes" / "right.patch"


def workbench(*args: str, code: int = 0) -> str:
    argv = [sys.executable, "-P", "-m", "workbench", *args]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout


def ref(views: Views, statement: str) -> str:
    return next(cause.id for cause in views.causes if statement in cause.statement)


async def test_the_demos_defects_are_red_without_a_keystroke_and_green_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch, DJANGO)
    monkeypatch.setattr(sides, "RACY_REPEATS", 10)
    demo = write_demo(tmp_path)
    workbench("investigate", demo.question, "--repo", str(demo.repo), "--log", str(demo.log))
    found = json.loads(workbench("write-test", "--print", "--format", "json"))
    assert found["path"].startswith("tests/")
    assert not (demo.repo / found["path"]).exists(), "only printed"
    case = json.loads(workbench("cases", "--format", "json"))["cases"][-1]["id"]

    session = await Session.open(demo.repo, from_arguments(Namespace(case=case, jobs=1)))
    try:
        views = derive(session.state, Ranking())
        tests: dict[str, Written] = {}
        for statement in ("no lock in refresh", "DatabaseTimeout through", "RateLimitExceeded through"):
            made = await written(session.services, ask_of(views, ref(views, statement)))
            await save(session.change, made)
            tests[made.template] = made
        assert {name: chosen(made) for name, made in tests.items()} == {
            "concurrency": "1",
            "fault": "503",
            "replay": "429",
        }
        assert "accounts/middleware.py:39 answers DatabaseTimeout with 503" in tests["fault"].text
        first = next(iter(session.state.patches.values()))
        assert first.title == f"wrote the test {tests['concurrency'].path}"

        alone = await prove_change(session.services, tests=[tests["replay"].test, tests["fault"].test])
        assert alone.status is ProofStatus.INCONCLUSIVE
        assert [(step.name, step.outcome) for step in alone.steps] == [("red", "red")]
        assert "there is no fix to prove yet" in alone.reason

        subprocess.run(["git", "apply", str(FIX)], cwd=demo.repo, check=True)
        fix = ["accounts/middleware.py", "accounts/tokens.py", "accounts/views.py"]
        proof = await prove_change(session.services, fix=fix)
        assert proof.status is ProofStatus.PROVEN, proof
        assert set(proof.tests) == {made.test for made in tests.values()}
        assert "(and 2 more)" in proof.steps[0].reason, "each of the three is red for the right reason"

        await session.change.undo(first)
        assert not (demo.repo / tests["concurrency"].path).exists()
    finally:
        await session.close()


def chosen(made: Written) -> Any:
    """What stands in the blank."""
    line, start, until, end = made.blank
    assert line == until
    return made.text.split("\n")[line][start:end]


def test_what_there_is_not_is_said(tmp_path: Path) -> None:
    assert workbench("write-test", code=3) == ""
