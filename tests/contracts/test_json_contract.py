"""Every headless command's JSON is what its schema in docs/schemas/ says: one incident, all of them in turn."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

import pytest

from tests.conforming import conforms
from tests.conftest import RepoBuilder
from tests.schemas import DOCUMENTS
from workbench.cli.main import VERBS, main

GOOD = "def total(prices):\n    return sum(prices)\n"
BAD = "def total(prices):\n    return sum(prices) + 1\n"
TEST = "from shop.cart import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n"
LOG = """{day}T13:{minute}:00Z INFO order 7{minute} taken
{day}T14:{minute}:00Z ERROR checkout failed
Traceback (most recent call last):
  File "/srv/shop/shop/cart.py", line 2, in total
    return sum(prices) + 1
TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'
"""
NO_DOCUMENT = {"export", "import", "demo", "completion", "mcp", "monitor", "invite", "join", "serve"}
"""Verbs whose answer is no JSON document: files, streams, protocols, screens."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RepoBuilder:
    folder = tmp_path_factory.mktemp("contract")
    repo = RepoBuilder(folder / "shop")
    repo.write("shop/__init__.py", "")
    repo.write("shop/cart.py", GOOD)
    repo.write("conftest.py", "")
    repo.write("tests/test_cart.py", TEST)
    repo.commit("Add up the prices of an order")
    repo.write("shop/cart.py", BAD)
    repo.commit("Count the voucher too")
    (folder / "app.log").write_text("".join(LOG.format(day="2026-05-12", minute=f"{n:02}") for n in range(20)))
    return repo


@pytest.fixture(autouse=True)
def surroundings(shop: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """One store for all of them, so that each finds what those before it left."""
    for name, value in {
        "WORKBENCH_STORE": str(shop.path.parent / "data"),
        "WORKBENCH_CACHE": str(shop.path.parent / "cache"),
        "WORKBENCH_PYTHON": sys.executable,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(shop.path)


def printed(*argv: str) -> str:
    """What a command prints."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main([*argv]) == 0
    return said.getvalue()


def document(name: str, *argv: str) -> dict[str, Any]:
    """What a command prints, which must be as its schema has it."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        main([*argv, "--format", "json", "--trust", "--jobs", "1"])
    found: dict[str, Any] = json.loads(said.getvalue())
    conforms(name, found)
    return found


def test_investigate_and_what_reads_its_case(shop: RepoBuilder) -> None:
    log = str(shop.path.parent / "app.log")
    found = document("investigate", "investigate", "checkout fails", "--log", log)
    assert found["errors"]
    assert found["files"]
    assert found["onset"]
    assert document("logs", "logs", log)["patterns"]
    assert document("errors", "errors")["errors"]
    assert document("cases", "cases")["cases"]
    assert document("stats", "stats")["rows"]
    assert document("write-test", "write-test", "--print")["text"]
    for kind in ("timeline", "postmortem", "handover", "comments", "brief", "pr", "plan"):
        assert document("report", "report", "--as", kind)["kind"] == kind
    assert printed("report", "--format", "pr") == printed("report", "--as", "pr") != printed("report")


def test_the_machine(shop: RepoBuilder) -> None:
    assert document("plugins", "plugins")["plugins"]
    assert document("doctor", "doctor")["found"]


def test_tests_bisect_fix_and_proof(shop: RepoBuilder) -> None:
    test = "tests/test_cart.py::test_sum"
    assert document("test", "test")["status"] == "failed"
    assert document("bisect", "bisect", test, "--good", "HEAD~1")["subject"] == "Count the voucher too"
    asked = document("investigate", "investigate", "the total is wrong since the voucher")
    change = next(each["id"] for each in asked["changes"] if each["summary"] == "Count the voucher too")
    offered = document("fix", "fix", "--for", change, "--case", asked["case"])
    assert offered["proposals"], offered["said"]
    mended = document("fix", "fix", "--for", test, "--fixer", "revert", "--case", asked["case"])["proposals"][-1]
    of_it = (mended["id"], "--case", asked["case"], "--jobs", "1")
    assert main(["fix", "--apply", *of_it, "--minimal"]) == 3, "nothing is run before it is trusted"
    assert document("needed", "fix", "--needed", *of_it[:3])["of"] == 1
    assert "its test needs shop/cart.py" in printed("fix", "--apply", *of_it, "--minimal")
    assert (shop.path / "shop" / "cart.py").read_text() != BAD
    assert document("stress", "test", test, "--stress", "2")["stressed"]
    shop.write("shop/cart.py", GOOD)
    shop.write("tests/test_cart.py", TEST + "\n\ndef test_none():\n    assert total([]) == 0\n")
    assert document("prove", "prove")["status"] == "proven"
    gates = document("explain", "validate", "--explain")["gates"]
    assert {"suite", "proof"} <= {gate["id"] for gate in gates}
    judged = document("validate", "validate", "--gate", "suite", "--gate", "proof")
    said = {gate["id"]: gate["status"] for gate in judged["gates"]}
    assert (said["suite"], said["proof"]) == ("pass", "pass")


def test_every_verb_has_a_schema_or_prints_no_document() -> None:
    described = {command.split()[0] for command, _ in DOCUMENTS.values()}
    assert set(VERBS) == described | NO_DOCUMENT & set(VERBS)
    assert not described & NO_DOCUMENT
