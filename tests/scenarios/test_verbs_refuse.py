"""What is given to any verb and cannot be is told in a line, and nothing is done: no verb ends with a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.cli.main import main

ON_A_CASE = (
    ("investigate", "the total is wrong"),
    ("test",),
    ("fix",),
    ("prove",),
    ("bisect", "test_shop.py::test_total"),
    ("validate",),
    ("mcp",),
)
"""Verbs that go on with the case of ``--case``."""

OF_A_CASE = ("report", "monitor", "errors", "write-test")
"""Verbs that take the case as their argument."""


@pytest.fixture
def shop(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> Path:
    repo = make_repo({"shop.py": "def total(prices):\n    return sum(prices)\n"})
    monkeypatch.chdir(repo.path)
    return repo.path


@pytest.mark.parametrize("verb", ON_A_CASE, ids=lambda verb: verb[0])
def test_a_case_that_is_not_there(verb: tuple[str, ...], shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*verb, "--case", "nope"]) == 2
    said = capsys.readouterr().err
    assert "there is no case nope" in said
    assert "workbench cases lists them" in said


@pytest.mark.parametrize("verb", OF_A_CASE)
def test_a_case_of_that_name_and_any_case(verb: str, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for named in (["nope"], ["--case", "nope"]):
        assert main([verb, *named]) == 2
        assert "there is no case nope" in capsys.readouterr().err
    assert main([verb]) == 3
    said = capsys.readouterr().err
    assert "there is no case yet" in said
    assert "workbench investigate QUESTION opens one" in said


def test_a_store_whose_variable_is_empty(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case of the team must not come to lie in the folder of this account."""
    assert main(["cases", "--store", "env:TEAM_STORE"]) == 3
    assert "the variable TEAM_STORE, which holds the address of the store, is not set" in capsys.readouterr().err
    monkeypatch.setenv("WORKBENCH_STORE", "env:TEAM_STORE")
    assert main(["investigate", "the total is wrong"]) == 3
    assert "TEAM_STORE" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "value"), [("--jobs", "0"), ("--jobs", "-3"), ("--memory", "1"), ("--memory", "x")])
def test_a_number_that_no_worker_can_do_with(
    option: str, value: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cases", f"{option}={value}"])
    assert ended.value.code == 2
    assert f"'{value}' is" in capsys.readouterr().err
