"""After the deploy the triggers are evaluated live: a real server under load, whose errors are switched on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.deployed import COMMAND, Served, events, journaled, planned, watch
from workbench.case.plan import Trigger

FAILURES = Trigger("failures", "5xx", "logs", "status:5xx", ">", 0.2, 3.0, 20, "roll back", "ann")
AGAIN = Trigger("again-f", "KeyError", "logs", "error:f", ">", 0.0, 3.0, 1, "roll back", "ann")
METRIC = Trigger("p95", "p95", "prometheus", "p95", ">", 1.0, 3.0, 1, "roll back", "ann")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path / "access.log")
    with server.running():
        yield server


def test_errors_switched_on_trip_the_trigger_which_shows_the_rehearsed_command(
    make_repo: Callable[..., RepoBuilder], served: Served, tmp_path: Path
) -> None:
    case = planned(make_repo({"a.py": ""}), FAILURES)
    process = watch(case, "--log", str(tmp_path / "access.log"), "--for", "40")
    states = []
    for event in events(process):
        if event["event"] != "trigger":
            break
        states.append(event["state"])
        if event["state"] == "holding":
            assert event["rollback"] == []
            served.failing = True
        if event["state"] == "tripped":
            assert event["rollback"] == [COMMAND]
            assert event["value"] > 0.2
            assert event["n"] >= 20
            process.send_signal(2)
    assert process.wait(120) == 3, process.stderr
    assert states[0] == "no_data", "nothing came yet, and that is not ok"
    assert states.index("holding") < states.index("tripped")
    assert journaled(case) == "inconclusive"


def test_a_quiet_deploy_is_recovered_and_what_nothing_measured_is_no_data(
    make_repo: Callable[..., RepoBuilder], served: Served, tmp_path: Path
) -> None:
    case = planned(make_repo({"a.py": ""}), replace(FAILURES, window=60.0), METRIC)
    log = tmp_path / "access.log"
    while not log.exists():
        time.sleep(0.01)
    process = watch(case, "--log", str(log), "--for", "6")
    seen = list(events(process))
    assert process.wait(120) == 0, seen
    assert seen[-1]["outcome"] == "recovered"
    assert {each["trigger"]: each["state"] for each in seen[-1]["watched"]} == {"failures": "holding", "p95": "no_data"}
    assert journaled(case) == "recovered"


def test_an_error_that_cannot_be_seen_is_inconclusive_and_a_roll_back_is_said(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    log = tmp_path / "app.log"
    log.write_text("")
    case = planned(make_repo({"a.py": ""}), AGAIN)
    process = watch(case, "--log", str(log), "--for", "1")
    assert list(events(process))[-1]["reason"] == "no data for KeyError"
    assert process.wait(120) == 3
    case = planned(make_repo({"b.py": ""}), AGAIN)
    process = watch(case, "--rolled-back")
    assert list(events(process))[-1]["outcome"] == "rolled_back"
    assert process.wait(120) == 1
    assert journaled(case) == "rolled_back"


def test_a_program_that_the_case_names_is_not_run_before_its_repository_is_trusted(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    case = planned(make_repo({"a.py": ""}), AGAIN, logs=(f"cmd:touch {ran}",))
    process = watch(case, "--for", "1")
    list(events(process))
    _, said = process.communicate(timeout=60)
    assert "not run before you trust this repository" in said
    assert not ran.exists()
    process = watch(case, "--for", "1", "--trust")
    list(events(process))
    process.communicate(timeout=60)
    assert ran.exists()
