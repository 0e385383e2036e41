"""What comes of sources that no file is of: pods are followed by kubectl, a store by asking it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from workbench_logs.loki import Got, LokiSource, coming
from workbench_logs.loki_api import query_of

from tests.log_stores import Store, serving
from tests.programs import Programs
from tests.programs import programs as programs
from tests.unit.test_logs_sources import WORKLOAD


@contextmanager
def following(programs: Programs, location: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of ``workbench logs --follow``."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "workbench", "logs", location, "--follow", "--format", "jsonl"],
        env={**os.environ, "PATH": f"{programs.folder}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield map(json.loads, process.stdout)
    finally:
        process.terminate()
        process.communicate()


def until(events: Iterator[dict[str, Any]], message: str) -> None:
    """Read on to the error of that message."""
    next(event for event in events if event.get("message") == message)


def test_what_the_pods_of_a_workload_print_is_followed(programs: Programs) -> None:
    line = "[pod/web-{}/app] 2026-01-01T00:00:0{}.123456789Z 2026-01-01 00:00:0{},123 ERROR {} {}\n"
    before, late = (
        "".join(line.format(1 + at % 2, at, at, what, at) for at in range(8)) for what in ("boom", "late boom")
    )
    programs.add("kubectl", ("get", WORKLOAD, "", 0), ("--follow", late, "", 0), ("logs", before, "", 0))
    with following(programs, "k8s:shop/web") as events:
        until(events, "late boom <*>")
    call = next(call for call in programs.calls("kubectl") if "--follow" in call)
    assert {"--selector=app=web", "--tail=0", "--ignore-errors"} <= {*call}
    assert "--tail=-1" not in call


def test_a_store_is_asked_again_for_what_came(programs: Programs) -> None:
    with serving(Store) as address:
        Store.entries = Store.entries[:3]
        with following(programs, f"loki:{address}?query={{app=1}}&since=60") as events:
            while len(Store.asked) < 2:
                time.sleep(0.05)
            Store.entries.append((time.time_ns(), 'level=error msg="late boom 1" user=7'))
            until(events, "late boom <*>")


def test_every_line_that_reaches_a_store_is_told_once_however_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench_logs.loki.PERIOD", 0.0)
    with serving(Store) as address:
        Store.entries = []
        query = query_of(f"loki:{address}?query={{app=1}}")
        assert query is not None
        begun = time.time_ns()
        looks = coming(query, begun - 10**9)
        told: list[str] = [text for _, _, text in next(looks)]
        for text, ago in (("first", 0), ("late", 5 * 10**8), ("last", 0)):
            Store.entries.append((time.time_ns() - ago, text))
            Store.entries.sort()
            told += [text for _ in range(2) for _, _, text in next(looks)]
    assert told == ["first", "late", "last"]


def test_a_password_stands_in_no_argument_list() -> None:
    got = [[Got(1, (), 5), "spool"]]
    assert not LokiSource().fold("loki:http://ann:word@store:3100?query={app=1}", got).programs
    (argv,) = LokiSource().fold("loki:http://store:3100?query={app=1}", got).programs
    assert argv[-1] == "5"
