"""The running server is probed on both sides: a right one passes, each unsafe one is shown by the probe made for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.token_service import SERVICE, SETTINGS, UNSAFE
from workbench.case.enums import GateStatus
from workbench.case.model import GateResult
from workbench.engine.options import Options
from workbench.engine.session import Session
from workbench.engine.validate import gates_of, validation_of


@pytest.fixture
def validate(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> Any:
    quick(monkeypatch)

    async def run(base: str, head: str, gate: str, settings: str = SETTINGS) -> GateResult:
        repo = make_repo({"service.py": base, "workbench.toml": settings, "test_service.py": "def test(): pass\n"})
        repo.write("service.py", head)
        folder = repo.path.parent
        options = Options(data=folder / "data", cache=folder / "cache", jobs=1, actor="you", trust=True)
        session = await Session.open(repo.path, options)
        try:
            async with validation_of(session.services) as validation:
                (result,) = await validation.run(gates_of(session.services, [gate]), lambda result: None)
                return result
        finally:
            await session.close()

    return run


@pytest.mark.parametrize("wrong", UNSAFE)
async def test_an_unsafe_server_is_shown_by_its_probe(validate: Any, wrong: str) -> None:
    source, probes = UNSAFE[wrong]
    assert source != SERVICE
    result = await validate(SERVICE, source, "probes")
    assert result.status is GateStatus.FAIL, result
    figures = {figure.name: figure for figure in result.figures}
    assert [probe for probe in probes if figures[probe].value] == [*probes], result.evidence
    assert [figures[probe].baseline for probe in probes] == [0] * len(probes), "base is the control"


async def test_a_right_server_passes_with_every_probe_tried(validate: Any) -> None:
    worse, _ = UNSAFE["a lock in one process"]
    result = await validate(worse, SERVICE, "probes")
    assert result.status is GateStatus.PASS, result
    assert "not tried" not in result.reason
    assert len(result.figures) == 8
    assert next(figure for figure in result.figures if figure.name == "one exchange").baseline, "base shows the race"


async def test_what_is_not_configured_is_said_not_passed_over(validate: Any) -> None:
    settings = "\n".join(
        line for line in SETTINGS.splitlines() if not line.startswith(("refresh", "logout", "attempts"))
    )
    result = await validate(SERVICE, SERVICE + "\n", "probes", settings)
    assert result.status is GateStatus.PASS
    left = {each.ref for each in result.evidence if each.text.startswith("not tried")}
    assert left == {"one exchange", "replaced tokens", "revoked tokens", "sign-in limit"}


async def test_a_server_that_does_not_start_is_no_pass(validate: Any) -> None:
    result = await validate(SERVICE, "raise SystemExit('no')\n", "probes")
    assert result.status is GateStatus.INCONCLUSIVE
    assert "head" in result.reason


async def test_load_counts_what_was_not_handled_and_checks_the_invariant(validate: Any) -> None:
    broken = SERVICE.replace(
        '        return 200, {"user": row[0]}', "        return 1 / (hash(key + str(time.time())) % 3)"
    )
    result = await validate(SERVICE, broken, "load")
    assert result.status is GateStatus.FAIL
    assert "were answered 500 (base 0 of" in result.reason
    named = '{ name = "tokens without an owner", path = "/nowhere" }'
    asked = '{ name = "live tokens", sql = "SELECT count(*) FROM token" }'
    settings = f"{SETTINGS}invariants = [{named}, {asked}]\n"
    result = await validate(SERVICE, SERVICE + "\n", "load", settings)
    assert "tokens without an owner: 1" in result.reason
    figures = {figure.name: figure.value for figure in result.figures}
    assert figures["live tokens"] == 4, "of the database that the server made: a sign-in for each client"
    assert "500" not in result.reason
    latency, course = result.charts
    assert sum(latency.head) == result.examined
    assert latency.base
    assert max(course.head) == 0
    assert result.examined > 0
