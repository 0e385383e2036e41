"""The error that the fix was for is watched by name: when it comes back the trigger trips, with its count before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.deployed import COMMAND, events, journaled, planned, watch
from workbench.case.plan import Trigger
from workbench.cli.main import main

TRACE = """Traceback (most recent call last):
  File "/srv/app/cart.py", line 2, in total
    return PRICES[sku]
KeyError: {sku!r}
"""


def failed(at: float, sku: str) -> str:
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
    return f"{stamp} ERROR shop.web: unhandled exception\n{TRACE.format(sku=sku)}"


def served(at: float, number: int) -> str:
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
    return f"{stamp} INFO shop.web: request {number} served\n"


def test_the_error_of_the_case_trips_its_trigger_and_stands_beside_an_equal_window_before(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = make_repo({"cart.py": "def total(sku):\n    return PRICES[sku]\n"})
    log = tmp_path / "app.log"
    deploy = time.time() - 60
    log.write_text(
        "".join(failed(deploy - 600 + 10 * n, f"old-{n}") for n in range(50))
        + "".join(failed(deploy - 20 + 5 * n, f"late-{n}") for n in range(5))
    )
    main(["logs", str(log), "--repo", str(repo.path), "--format", "json"])
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    again = Trigger(
        f"again-{error['fingerprint']}", "KeyError", "logs", f"error:{error['fingerprint']}", ">", 0.0, 30.0, 5,
        "roll back", "ann",
    )  # fmt: skip
    case = planned(repo, again)
    process = watch(case, "--log", str(log), "--for", "60", "--attended")
    seen: dict[str, dict[str, object]] = {}
    for count, event in enumerate(events(process)):
        if event["event"] == "trigger":
            seen[event["state"]] = event
        with log.open("a") as file:
            file.write("".join(served(time.time(), number) for number in range(20)))
            file.write(failed(time.time(), "new") if "holding" in seen else "")
        if "tripped" in seen or count > 200:
            assert process.stdin is not None
            process.stdin.write("rolled_back\n")
            process.stdin.close()
            break
    assert process.wait(120) == 1
    assert journaled(case) == "rolled_back"
    assert list(seen) == ["no_data", "holding", "tripped"]
    assert {event["before"] for event in seen.values()} == {5.0}, "five in the last 30 s before, not all 55"
    assert seen["tripped"]["rollback"] == [COMMAND]
