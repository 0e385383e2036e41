"""Which gates a case asks for, in which order they run when time is short, and what evidence of dependencies says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workbench_gates.coverage import spans
from workbench_gates.dependencies import Audit, DependenciesGate, Moved, moved

from workbench.analysis.gate_proposals import proposed
from workbench.analysis.pip_audit import Audited, read_audit
from workbench.api import ChangeSubject
from workbench.case.enums import CauseClass, CauseStatus, GateStatus
from workbench.case.model import GateResult, Hypothesis
from workbench.case.state import CaseState
from workbench.engine.gates.budget import NoTimeError, by_worth, seconds_of


def test_the_case_and_the_change_ask_for_gates() -> None:
    cause = Hypothesis("c", "the rate service is slow", CauseClass.EXTERNAL_SERVICE)
    paths = ["shop/migrations/0002_state.py", "accounts/tokens.py", "requirements.txt", "docs/a.md"]
    asked = proposed(CaseState(causes={"c": cause}), paths, racy=["tests/test_race.py::test_one"])
    assert set(asked) == {"migration", "probes", "dependencies", "faults", "stress"}
    assert asked["faults"] == "the rate service is slow"
    assert asked["stress"] == "tests/test_race.py::test_one starts threads"
    refuted = Hypothesis("c", "the rate service is slow", CauseClass.EXTERNAL_SERVICE, CauseStatus.REFUTED)
    assert proposed(CaseState(causes={"c": refuted}), ["a.py"]) == {}


def test_what_could_overturn_most_a_minute_runs_first() -> None:
    last = {
        "suite": GateResult("suite", "suite", GateStatus.PASS, "", seconds=60.0),
        "tamper": GateResult("tamper", "tamper", GateStatus.PASS, "", seconds=0.1),
        "proof": GateResult("proof", "proof", GateStatus.FAIL, "", seconds=60.0),
    }
    order = by_worth(["suite", "load", "proof", "tamper"], lambda name: name != "load", last)
    assert order == ["tamper", "proof", "suite", "load"], "what failed before what passed; what is not required last"


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1h30m", 5400), ("45", 45)])
def test_spans_of_time(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "ten", "10x", "0s"])
def test_what_is_no_span_of_time(text: str) -> None:
    with pytest.raises(NoTimeError):
        seconds_of(text)


def test_an_audit_that_could_look_up_nothing_says_so() -> None:
    nothing = b'{"dependencies": [{"name": "shop", "skip_reason": "not found on the index"}]}'
    said = read_audit(nothing, b"No known vulnerabilities found")
    assert (said.found, said.looked_up) == ((), 0)
    assert said.problem == "pip-audit could look up nothing: not found on the index"
    some = b'{"dependencies": [{"name": "jinja", "version": "2", "vulns": [{"id": "X-1"}]}]}'
    assert read_audit(some, b"") == Audited((("jinja", "X-1"),), 1, "", frozenset({"jinja"}))
    assert read_audit(b"", b"no network\n").problem == "pip-audit: no network"


@pytest.mark.parametrize(
    ("listed", "status", "said"),
    [
        ([{"name": "Own_Tool", "version": "2", "vulns": []}], GateStatus.PASS, "own-tool ==1 → ==2; 1 looked up"),
        (
            [{"name": "own-tool", "skip_reason": "not on the index"}, {"name": "jinja", "version": "2", "vulns": []}],
            GateStatus.INCONCLUSIVE,
            "own-tool ==1 → ==2: not audited: not on the index",
        ),
        (
            [{"name": "own-tool", "version": "2", "vulns": [{"id": "X-1"}]}],
            GateStatus.FAIL,
            "own-tool has X-1, which base has not",
        ),
    ],
)
def test_a_version_that_was_not_looked_up_is_no_pass_whatever_else_was(
    listed: list[dict[str, object]], status: GateStatus, said: str
) -> None:
    heads = Audit("requirements.txt", "head", read_audit(json.dumps({"dependencies": listed}).encode(), b""))
    subject = ChangeSubject("/r", "b", "h", "/b", "/h", ("requirements.txt",), "python")
    move = Moved("requirements.txt", "own-tool", "==1", "==2")
    result = DependenciesGate().fold(subject, [move, heads])
    assert result.status is status, result
    assert result.reason.startswith(said)
    other = DependenciesGate().fold(subject, [move, Moved("pyproject.toml", "flask", "", ">=3"), heads])
    assert other.status is (GateStatus.FAIL if status is GateStatus.FAIL else GateStatus.INCONCLUSIVE)


def test_dependencies_that_move_are_named(tmp_path: Path) -> None:
    base, head = tmp_path / "base", tmp_path / "head"
    for root, pins in ((base, "django==5.1\npyjwt==2.8\n# a note\n"), (head, "django==5.2\nhttpx>=0.27,<1\n")):
        root.mkdir()
        (root / "requirements.txt").write_text(pins)
        (root / "pyproject.toml").write_text('[project]\ndependencies = ["django>=5"]\n')
    said = [each.words() for each in moved(["requirements.txt", "pyproject.toml"], str(base), str(head))]
    assert said == ["django ==5.1 → ==5.2", "httpx >=0.27,<1 comes new", "pyjwt ==2.8 goes"]


def test_lines_as_spans() -> None:
    assert spans([3, 5, 6, 7, 9]) == ["3", "5-7", "9"]
