"""``workbench test --affected`` and ``--watch``: what the files may have changed, once or on every save."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick
from workbench.cli.main import main

PATIENCE = 120.0


@pytest.fixture(autouse=True)
def our_python(monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)


def command(repo: RepoBuilder, *args: str) -> list[str]:
    return [sys.executable, "-P", "-m", "workbench", "test", "--repo", str(repo.path), *args]


def affected(repo: RepoBuilder, capsys: pytest.CaptureFixture[str], *args: str, code: int) -> dict[str, Any]:
    ended = main(["test", "--repo", str(repo.path), "--affected", "--format", "json", *args])
    said = capsys.readouterr()
    assert ended == code, said.out + said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def names(document: dict[str, Any]) -> set[str]:
    return {test["id"].partition("::")[2] for test in document["tests"]}


def test_what_failed_last_is_run_until_it_passes_though_nothing_reaches_it(
    make_repo: Callable[..., RepoBuilder], capsys: pytest.CaptureFixture[str]
) -> None:
    repo = make_repo(SHOP)
    repo.commit()
    repo.write("shop.py", SHOP["shop.py"].replace("EUR", "EURO"))
    first = affected(repo, capsys, code=1)
    assert names(first) == {"test_total", "test_label"}, "test_names.py does not import what changed"
    assert len(first["outstanding"]) == 2

    repo.write("shop.py", SHOP["shop.py"])
    second = affected(repo, capsys, code=1)
    assert second["outstanding"] == ["test_shop.py::test_total"]
    assert "test_label" in names(second)

    repo.write("shop.py", RIGHT)
    assert affected(repo, capsys, "test_names.py", code=0)["status"] in ("passed", "no_tests")
    third = affected(repo, capsys, code=0)
    assert (third["status"], third["outstanding"]) == ("passed", [])
    again = affected(repo, capsys, code=0)
    assert again["status"] in ("passed", "no_tests"), "nothing is left to run"


def test_options_that_do_not_go_together_are_wrong_usage(
    make_repo: Callable[..., RepoBuilder], capsys: pytest.CaptureFixture[str]
) -> None:
    repo = make_repo(SHOP)
    for args, said in [
        (("--watch", "--stress", "3"), "neither --watch nor --affected"),
        (("--watch", "--format", "json"), "--watch never ends"),
    ]:
        with pytest.raises(SystemExit) as ended:
            main(["test", "--repo", str(repo.path), *args])
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


def lines_of(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    rest, end = b"", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([process.stdout], [], [], 1.0)[0]:
            data = os.read(process.stdout.fileno(), 1 << 16)
            assert data, "it ended"
            *whole, rest = (rest + data).split(b"\n")
            yield from map(json.loads, whole)
    raise AssertionError("nothing more came")


def test_watching_streams_results_runs_what_a_save_calls_for_and_ends_by_ctrl_c(
    make_repo: Callable[..., RepoBuilder],
) -> None:
    repo = make_repo(SHOP)
    repo.commit()
    with subprocess.Popen(command(repo, "--watch", "--format", "jsonl"), stdout=subprocess.PIPE) as process:
        lines = lines_of(process)
        seen: list[dict[str, Any]] = []
        for line in lines:
            seen.append(line)
            if line["event"] == "run":
                break
        assert {line["id"] for line in seen if line["event"] == "result" and line["outcome"] == "passed"} == {
            "test_shop.py::test_label",
            "test_names.py::TestNames::test_short[ada]",
            "test_names.py::TestNames::test_short[bob]",
        }
        assert seen[-1]["status"] == "failed"
        assert seen[-1]["outstanding"] == ["test_shop.py::test_total"]
        assert "results" not in seen[-1]

        repo.write("shop.py", RIGHT)
        outstanding = next(line for line in lines if line["event"] == "run")
        assert (outstanding["status"], outstanding["outstanding"]) == ("passed", [])
        assert (outstanding["selected"], outstanding["why"]) == ("test_shop.py::test_total", "outstanding failures")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
