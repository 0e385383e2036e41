"""The gate of the failure rules: what the change breaks counts, what base breaks too does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from workbench_rules.gate import RulesGate

from workbench.api import ChangeSubject, Chunk, GateStatus, Known

CLEAN = "def f(token):\n    return cache.get(token)\n"
BAD = 'def g(token):\n    return cache.get("user:" + token[:16])\n'


class Host:
    """Runs chunks here."""

    async def run(self, step: Chunk) -> list[Any]:
        return step.function(*step.args)


async def judged(tmp_path: Path, base: str | None, head: str, name: str = "app.py") -> Any:
    for side, text in (("base", base), ("head", head)):
        folder = tmp_path / side
        folder.mkdir()
        if text is not None:
            (folder / name).write_text(text)
    subject = ChangeSubject(str(tmp_path), "b", "h", str(tmp_path / "base"), str(tmp_path / "head"), (name,), "python")
    gate = RulesGate()
    if gate.applies(subject):
        return None
    results = [item async for step in gate.plan(subject, Host()) if isinstance(step, Known) for item in step.results]
    return gate.fold(subject, results)


async def test_a_new_error_fails_with_its_place(tmp_path: Path) -> None:
    result = await judged(tmp_path, CLEAN, CLEAN + "\n\n" + BAD)
    assert result.status is GateStatus.FAIL
    assert "WB111 at app.py:6" in result.reason
    assert [(each.path, each.line) for each in result.evidence] == [("app.py", 6)]


async def test_what_base_breaks_too_is_not_the_changes(tmp_path: Path) -> None:
    result = await judged(tmp_path, BAD, "# moved\n" + BAD)
    assert result.status is GateStatus.PASS
    assert (result.examined, result.figures[0].baseline) == (1, 1)


@pytest.mark.parametrize(("base", "head"), [(None, BAD), (CLEAN, BAD + BAD.replace("g", "h"))])
async def test_a_new_file_counts_whole(tmp_path: Path, base: str | None, head: str) -> None:
    assert (await judged(tmp_path, base, head)).status is GateStatus.FAIL


async def test_a_file_that_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    assert (await judged(tmp_path, CLEAN, "def broken(:\n")).status is GateStatus.INCONCLUSIVE


async def test_tests_are_not_looked_at(tmp_path: Path) -> None:
    assert await judged(tmp_path, CLEAN, BAD, "test_app.py") is None
