"""What gates make of what their tools said, and how a judgement is written for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from workbench_gates.migration import read_squawk
from workbench_gates.mutation import Mutant, MutationGate
from workbench_server.drive.accounts import Accounts
from workbench_server.drive.payloads import payload_probe
from workbench_server.drive.servers import Remote
from workbench_server.faults_gate import FaultsGate

from tests.servers import Quiet, serving
from workbench.analysis.verdict import judge
from workbench.api import ChangeSubject, Output
from workbench.case.enums import GateStatus, RunStatus
from workbench.case.model import Evidence, Figure, GateResult
from workbench.cli.gate_formats import markdown, sarif

SUBJECT = ChangeSubject("/r", "b", "h", "/b", "/h", ("a.py",), "python")


def test_mutants_whose_tests_took_too_long_count_apart() -> None:
    made = [Mutant("a.py", line, "1 as 2", "") for line in (1, 2, 3)]
    slow = list(zip(made, (RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.FAILED), strict=True))
    result = MutationGate().fold(SUBJECT, slow)
    assert (result.status, result.reason, result.examined) == (GateStatus.PASS, "2 of 2 mutants are noticed", 2)
    assert [(each.name, each.value, each.n) for each in result.figures][1] == ("timeouts", 1, 3)
    lives = MutationGate().fold(SUBJECT, [*slow, (Mutant("b.py", 7, "a < b as a >= b", ""), RunStatus.PASSED)])
    assert (lives.status, lives.reason) == (GateStatus.FAIL, "1 of 3 mutants live: b.py:7 a < b as a >= b")
    nothing = MutationGate().fold(SUBJECT, ["no mutant was tried: test_a fails as it is"])
    assert (nothing.status, nothing.reason) == (GateStatus.INCONCLUSIVE, "no mutant was tried: test_a fails as it is")


HELD = {"memory": 10, "threads": 4, "handles": 8, "connections": 1}


def tried(mode: str = "delay", **other: Any) -> dict[str, Any]:
    """One try of the faults gate, answered as it should be."""
    fine = {"status": 503, "retry_after": "2", "seconds": 0.5, "error": "", "calls": 1, "unsafe": 0, "reached": True}
    return {"of": "the other host", "mode": mode, "asked_for": True, "request": "GET /price", **fine, **other}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"status": 500}, "GET /price under delay: 500"),
        ({"status": 0, "error": "timeout", "seconds": 9.0}, "GET /price under delay: no answer (timeout)"),
        ({"seconds": 10.5}, "GET /price under delay: 10.5 s (at most 10 s)"),
        ({"retry_after": ""}, "GET /price under delay: 503 without Retry-After"),
        ({"calls": 5}, "GET /price under delay: 5 calls of the dependency (at most 4)"),
        ({"unsafe": 2}, "GET /price under delay: what is not idempotent was sent 2 times"),
        ({}, ""),
    ],
)
def test_an_answer_under_a_fault_is_bounded_and_as_it_is_meant(other: dict[str, Any], said: str) -> None:
    head = {"tries": [tried("fine"), tried(**other)], "held": [HELD, HELD]}
    result = FaultsGate().fold(SUBJECT, [{"head": head, "base": {"tries": []}}])
    assert result.status is (GateStatus.FAIL if said else GateStatus.PASS)
    assert result.reason.startswith(said)


@pytest.mark.parametrize("name", ["threads", "handles", "connections"])
def test_what_is_not_given_back_after_faults_fails(name: str) -> None:
    head = {"tries": [tried()], "held": [HELD, HELD | {name: 40}]}
    result = FaultsGate().fold(SUBJECT, [{"head": head}])
    assert (result.status, result.reason.partition(" (")[0]) == (
        GateStatus.FAIL,
        f"40 {name} after the faults, {HELD[name]} before",
    )


def test_what_squawk_says_is_read_in_its_old_and_new_form() -> None:
    old = {"rule_name": "adding-field-with-default", "messages": [{"Note": "rewrites"}]}
    new = {"rule_name": "require-concurrent-index-creation", "message": "blocks writes"}

    def read(stdout: bytes, stderr: bytes = b"") -> list[Any]:
        return read_squawk(Output(("squawk",), 1, stdout, stderr, 0.1))

    assert read(json.dumps([old, new]).encode()) == [
        "squawk: adding-field-with-default: [{'Note': 'rewrites'}]",
        "squawk: require-concurrent-index-creation: blocks writes",
    ]
    assert read(b"") == []
    assert read(b"not json", b"error: bad flag\n") == ["squawk said nothing that can be read: error: bad flag"]


class Leaking(Quiet):
    """Answers each payload as a careless server would."""

    def do_GET(self) -> None:
        found = {
            "/query": (200, "OperationalError: near x" if "OR" in self.path else ""),
            "/header": (500 if "A" * 1000 in self.headers.get("Authorization", "") else 200, ""),
            "/path": (404, 'File "/srv/shop/app/views.py" is not there'),
            "/trace": (400, "Traceback (most recent call last):"),
            "/fine": (400, "no"),
        }
        self._answer(*found[self.path.partition("?")[0]])

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(
            500 if {"/text": b"{{7*7}}", "/large": b"A" * 90_000}[self.path.partition("?")[0]] in sent else 400, ""
        )

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture(scope="module")
def careless() -> Iterator[Remote]:
    with serving(Leaking) as address:
        yield Remote(address, "", "", Path())


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/query", "GET /query answers SQL in the query with SQL in the body"),
        ("GET", "/header", "GET /header answers a very long header with 500"),
        ("GET", "/path", "GET /path answers a very long header with a path of the server in the body"),
        ("GET", "/trace", "GET /trace answers a very long header with a traceback in the body"),
        ("POST", "/text", "POST /text answers a template as name with 500"),
        ("POST", "/large", "POST /large answers a very long text as name with 500"),
        ("GET", "/fine", ""),
    ],
)
def test_payloads_show_what_a_server_gives_away(careless: Remote, method: str, path: str, said: str) -> None:
    endpoint = {"method": method, "path": path, "json": {"name": "ada"} if method == "POST" else None}
    tries = list(payload_probe(careless, Accounts({}), [endpoint]))
    assert len(tries) >= 4
    assert next((text for text in tries if text), "") == said


RESULTS = [
    GateResult("suite", "suite", GateStatus.PASS, "9 pass", "t", examined=9, seconds=1.5),
    GateResult(
        "security",
        "security",
        GateStatus.FAIL,
        "a | b <script>\nc",
        "t",
        figures=(Figure("new", 2, "", 0, 1, 7),),
        examined=7,
        evidence=(Evidence("x", "a key", "deploy.yml", 2, "d" * 64), Evidence("y", "not run: bandit")),
    ),
    GateResult("proof", "proof", GateStatus.INCONCLUSIVE, "no test", "t"),
]


def test_a_judgement_as_sarif_names_the_places_of_what_does_not_pass() -> None:
    (run,) = sarif(RESULTS, "t")["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["security", "proof"]
    placed, other = run["results"]
    assert placed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "deploy.yml"
    assert placed["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert (placed["level"], placed["partialFingerprints"]) == ("error", {"workbench/v1": "d" * 64})
    assert (other["ruleId"], other["level"], other["message"]["text"]) == ("proof", "warning", "no test")


def test_a_judgement_as_markdown_holds_no_markup_of_others() -> None:
    text = markdown(RESULTS, judge(RESULTS, "t"), "t")
    assert text.startswith("**NOT READY**: ")
    (row,) = [line for line in text.split("\n") if line.startswith("| security")]
    assert row.count(" | ") == 4, "a bar in a reason makes no cell"
    assert "<script>" not in text
    assert "new 2 (at most 0, base 1, n 7)" in row
    assert "- proof inconclusive: no test" in text
