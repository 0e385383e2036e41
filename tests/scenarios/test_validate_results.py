"""What a gate result says of itself, how the settings hold a gate, and that what was not run is never ready."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, only, quick
from tests.scenarios.validating import judged, options
from workbench.case.enums import GateStatus
from workbench.cli.main import main
from workbench.engine.gates.budget import Budget
from workbench.engine.session import Session
from workbench.engine.validate import gates_of, validation_of

SCHEMA = json.loads((Path(__file__).parent.parent.parent / "docs" / "schemas" / "validate.schema.json").read_text())
AS = ("-c", "user.name=Author", "-c", "user.email=author@example.org")
CHECK = """
[gates.style]
command = ["{python}", "-c", "import sys; text = open('shop.py').read(); print(len(text)); sys.exit('[1:]' in text)"]
examined = "([0-9]+)"

[gates.silent]
command = ["{python}", "-c", ""]

[gates.report]
command = ["{python}", "report.py", "{output}"]
output = "junit"
"""
REPORT = """import sys
bad = "[1:]" in open("shop.py").read()
case = '<testcase classname="shop" name="total">' + ('<failure message="wrong"/>' if bad else "") + "</testcase>"
open(sys.argv[1], "w").write(f"<testsuite>{case}</testsuite>")
"""


@pytest.fixture
def fixed(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    quick(monkeypatch)
    files = {"workbench.toml": CHECK, "report.py": REPORT, "integration/test_all.py": "def test_all(): ...\n"}
    repo = make_repo({**SHOP, **files})
    repo.write("shop.py", RIGHT)
    return repo


def validate(repo: RepoBuilder, *words: str) -> int:
    return main(["validate", "--repo", str(repo.path), "--store", str(repo.path.parent / "s"), "--trust", *words])


async def test_a_result_is_complete_and_its_evidence_hashed(fixed: RepoBuilder) -> None:
    progress: list[tuple[str, int, int]] = []
    results = await judged(fixed, "suite", "coverage", progress=progress)
    suite, coverage = results["suite"], results["coverage"]
    assert suite.status is GateStatus.PASS, suite
    assert "pytest" in suite.command
    assert suite.tool == f"pytest {version('pytest')}"
    assert suite.exit_code == 0
    assert suite.version
    assert suite.at is not None
    assert (suite.limit, suite.attempts) == ("1800 s", 1)
    assert suite.reason.endswith("(4 unit, 1 integration)")
    assert {name for name, _, _ in progress} == {"suite"}
    assert coverage.status is GateStatus.PASS, coverage
    assert coverage.examined == 1, "one changed line"
    fixed.write("shop.py", RIGHT + "\n\ndef spare(price):\n    return price * 2\n")
    coverage = (await judged(fixed, "coverage"))["coverage"]
    assert [(each.path, each.line) for each in coverage.evidence] == [("shop.py", 13)]
    assert len(coverage.evidence[0].digest) == 64


async def test_gates_of_ones_own_run_on_both_sides(fixed: RepoBuilder) -> None:
    results = await judged(fixed, "style", "silent", "report")
    assert results["style"].status is GateStatus.PASS
    assert "not at base" in results["style"].reason, "the negative control"
    assert results["style"].examined > 100
    assert results["silent"].status is GateStatus.INCONCLUSIVE, "exit code 0 alone is no evidence"
    assert results["report"].status is GateStatus.PASS
    assert results["report"].figures[0].baseline == 1
    fixed.git(*AS, "commit", "-qam", "fixed")
    fixed.write("shop.py", SHOP["shop.py"])
    results = await judged(fixed, "style", "report")
    assert results["style"].status is GateStatus.FAIL
    assert "shop::total: wrong" in results["report"].reason


def test_settings_of_a_gate_that_there_is_not_are_told(fixed: RepoBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    fixed.write("workbench.toml", "[gates.suit]\nrequired = false\n")
    assert validate(fixed, "--gate", "tamper", "--explain") == 0
    assert "▲ gates.suit: there is no such gate" in capsys.readouterr().err


def test_settings_hold_gates_and_what_was_not_asked_for_is_never_ready(
    fixed: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(monkeypatch, "tamper", "rules", "suite", "security")
    fixed.write("workbench.toml", "[gates.security]\nenabled = false\n[gates.suite]\ntimeout = 0.01\n")
    fixed.git(*AS, "commit", "-qm", "settings", "workbench.toml")
    assert validate(fixed, "--gate", "tamper", "--gate", "rules", "--format", "json") == 3
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    states = {gate["id"]: gate["status"] for gate in document["gates"]}
    assert states == {"tamper": "pass", "rules": "pass", "suite": "not_run", "security": "skipped"}
    assert validate(fixed, "--gate", "suite", "--format", "junit") == 3
    suite = ElementTree.fromstring(capsys.readouterr().out)
    assert "stopped after its limit of 0.01 s" in ElementTree.tostring(suite, encoding="unicode")
    assert suite.get("errors") == "3", "the suite, and two that were not run"
    assert validate(fixed, "--budget", "1s", "--format", "text") == 3
    assert "not within the budget" in capsys.readouterr().out
    assert validate(fixed, "--gate", "tamper", "--gate", "rules", "--explain") == 0
    assert "limit 1800 s" in capsys.readouterr().out
    only(monkeypatch, "tamper", "rules")
    assert validate(fixed, "--gate", "tamper", "--gate", "rules") == 0, "there are no others"
    fixed.write("test_shop.py", SHOP["test_shop.py"].replace("== 3", "!= 99"))
    assert validate(fixed, "--gate", "tamper") == 1


async def test_people_approve_a_tree_and_the_author_does_not_count(
    fixed: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed.write("workbench.toml", '[gates.approval]\nby = ["ada", "author"]\n')
    fixed.git("config", "user.email", "author@example.org")
    approval = (await judged(fixed, "approval"))["approval"]
    assert approval.status is GateStatus.INCONCLUSIVE
    from workbench.case.events import new_event

    def says(who: str) -> object:
        return new_event("gate.approved", who, {"tree": approval.tree}, at=datetime.now(UTC))

    again = (await judged(fixed, "approval", events=[says("author")]))["approval"]
    assert "author wrote it, and does not count" in again.reason
    assert (await judged(fixed, "approval", events=[says("ada")]))["approval"].status is GateStatus.PASS
    fixed.write("shop.py", RIGHT + "\n")
    edited = (await judged(fixed, "approval", events=[says("ada")]))["approval"]
    assert "ada approved another tree: an edit voids it" in edited.reason


async def test_mutants_of_the_change_that_no_test_notices(fixed: RepoBuilder) -> None:
    fixed.write("shop.py", RIGHT.replace("sum(prices)", "sum(prices) + 0 if prices != [7] else 9"))
    fixed.write("test_new.py", "from shop import label\n\n\ndef test_two():\n    assert label(2) == '2 EUR'\n")
    result = (await judged(fixed, "mutation"))["mutation"]
    assert result.status is GateStatus.FAIL, result.reason
    assert not result.required
    texts = [each.text for each in result.evidence]
    assert "no test notices: 9 as 10" in texts
    assert not any(text.startswith("no test notices: prices != [7]") for text in texts), "by test_shop.py"


async def test_in_a_budget_the_order_is_kept_and_else_what_measures_is_last(fixed: RepoBuilder) -> None:
    session = await Session.open(fixed.path, options(fixed))
    try:
        async with validation_of(session.services) as validation:
            assert not validation.is_required(gates_of(session.services, ["mutation"])[0])
            for budget, order in ((Budget(3600.0), ["load", "tamper", "rules"]), (None, ["tamper", "rules", "load"])):
                began: list[str] = []
                gates = gates_of(session.services, ["load", "tamper", "rules"])
                results = await validation.run(gates, began=began.append, budget=budget)
                assert began == order
                assert [result.id for result in results] == ["load", "tamper", "rules"]
    finally:
        await session.close()
