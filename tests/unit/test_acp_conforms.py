"""The built-in speaker of the Agent Client Protocol keeps the contract of a fixer, as plugin authors check theirs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from workbench_acp.agent import Agent
from workbench_acp.claims import claims_in
from workbench_acp.files import read_text, write_text
from workbench_acp.rpc import RpcError

from workbench.api import FixRequest
from workbench.conformance import check_fixer

PROGRAM = str(Path(__file__).parents[1] / "agents.py")


def test_it_keeps_the_contract(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("x = prices[1:]\n")
    agent = Agent("good", "an agent", [sys.executable, PROGRAM, "good"], (), {})
    request = FixRequest(str(tmp_path), "HEAD", "why?", failing_test="test_a.py::test_a")
    assert not check_fixer(agent, request)
    assert (tmp_path / "shop.py").read_text() == "x = prices\n"
    assert agent.applies(FixRequest("", "", "")) == "mends tests, findings and errors"


def test_files_are_those_of_the_worktree(tmp_path: Path) -> None:
    root = str(tmp_path)
    write_text(root, f"{root}/new/a.txt", "one\r\ntwo\nthree\n")
    assert (tmp_path / "new/a.txt").read_bytes() == b"one\r\ntwo\nthree\n"
    assert read_text(root, f"{root}/new/a.txt", 2, 1) == "two\n"
    for path in ("/etc/passwd", f"{root}/../x", f"{root}/.git/hooks/pre-commit"):
        with pytest.raises(RpcError, match="outside of the worktree"):
            write_text(root, path, "x")
    with pytest.raises(RpcError, match="No such file"):
        read_text(root, f"{root}/none")


def test_claims_are_read_from_what_it_says() -> None:
    assert claims_in("nothing to say") == []
    assert claims_in("```json\n{broken\n```") == []
    (made,) = claims_in('```\n[{"statement": " x ", "class": "magic", "places": [{"path": 3}, {"path": "a.py"}]}]\n```')
    assert (made.statement, made.cause_class, made.places) == ("x", "code", (("a.py", 0, ""),))
