"""The demo on PostgreSQL, which these tests start themselves: the same verdicts, with proxies before the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.auth_demo import applied, validated
from workbench.case.enums import Verdict

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")

GATES = ("suite", "probes", "load", "faults")


async def test_the_verdicts_on_postgresql(demo: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    applied(demo, "right")
    _, gates = await validated(demo, *GATES)
    assert {name: gates[name].status.value for name in GATES} == dict.fromkeys(GATES, "pass"), gates
    tried = {each.ref.partition(":")[0] for each in gates["faults"].evidence}
    assert {"delay", "drip", "reset", "killed"} <= tried, "a proxy stood before the database"
    held = [each.text for each in gates["load"].evidence if each.text.startswith("connections: ")]
    assert held
    assert not held[0].endswith(" 0 during, 0 after"), "connections to the database are seen"

    applied(demo, "lock_per_process")
    judgement, gates = await validated(demo, "probes")
    assert judgement.verdict is Verdict.NOT_READY
    assert "clients exchanged one token" in gates["probes"].reason
