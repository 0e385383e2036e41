"""The demo's change under its gates: not ready before the fix, ready after a right one, not ready after unsafe ones.

No test of the demo was made for a trap: what shows each is a probe, a rule or the guard of tests. A cache by the start
of the token is judged in test_validate_demo_screen.py, a lock in one process in test_validate_demo_postgres.py, and all
of them by every gate in tests/bench/demo_verdicts.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.auth_demo import applied, validated
from workbench.case.enums import Verdict

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")


async def test_before_the_fix_the_right_gates_are_red(demo: Path) -> None:
    judgement, gates = await validated(demo, "suite", "proof", "probes", "tamper")
    assert judgement.verdict is Verdict.NOT_READY
    assert gates["suite"].status == "fail"
    assert "test_one_winner" in gates["suite"].reason
    assert gates["proof"].status in ("fail", "inconclusive"), "there is no fix to prove"
    said = ("clients exchanged one token", "a client that lost was answered 500")
    assert gates["probes"].status == "fail"
    assert gates["probes"].reason.startswith("one exchange: ")
    assert any(each in gates["probes"].reason for each in said), "whichever the race shows: both are the defect"
    assert gates["stress"].status == "not_run"
    assert any(line.startswith("faults not run") for line in judgement.not_checked)


async def test_after_a_right_fix_it_is_ready(demo: Path) -> None:
    applied(demo, "right")
    judgement, gates = await validated(demo)
    assert judgement.verdict is Verdict.READY, judgement.reasons
    passed = {name for name, gate in gates.items() if gate.status == "pass"}
    assert passed >= {"suite", "proof", "stress", "coverage", "probes", "load", "faults", "rules", "tamper", "security"}
    assert gates["stress"].figures[0].value == 0
    assert gates["stress"].figures[0].baseline, "the control fails"
    assert "at base" in gates["faults"].reason, "a database that is busy was answered with 500"


TRAPS = {
    "cache_outlives_refresh": ("probes", "a replaced token"),
    "swallowed": ("probes", "8 of 8 clients exchanged one token"),
}
"""By fix: the gate that sees it, and what it says."""


@pytest.mark.parametrize("trap", TRAPS)
async def test_an_unsafe_fix_is_not_ready_and_says_why(demo: Path, trap: str) -> None:
    applied(demo, trap)
    gate, said = TRAPS[trap]
    judgement, gates = await validated(demo, "probes", "rules", "tamper")
    assert judgement.verdict is Verdict.NOT_READY
    assert gates[gate].status == "fail"
    assert said in "; ".join([gates[gate].reason, *(each.text for each in gates[gate].evidence)])
    if trap == "swallowed":
        assert gates["tamper"].status == "fail", "the test was weakened with it"


async def test_a_weakened_test_is_not_ready(demo: Path) -> None:
    test = demo / "tests" / "test_refresh.py"
    applied(demo, "right")
    test.write_text(test.read_text().replace("assert ", "assert True or ", 1))
    judgement, gates = await validated(demo, "tamper")
    assert judgement.verdict is Verdict.NOT_READY
    assert gates["tamper"].status == "fail"
