"""A dependency that fails: the server answers in time and as it is meant, and repeats nothing that must not be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workbench_server.drive import faulting

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.validating import judged
from workbench.case.enums import GateStatus

GOOD = '''"""Asks a rate service."""
import json
import os
import urllib.request


def rate():
    request = urllib.request.Request(os.environ["RATES"] + "/rate", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=1) as answer:
        return json.load(answer)["rate"]


def app(environ, start_response):
    headers = [("Content-Type", "application/json")]
    if environ["PATH_INFO"] == "/price":
        try:
            body, status = {"price": 3 * rate()}, "200 OK"
        except (OSError, ValueError):
            body, status = {"error": "no rate now"}, "503 X"
            headers.append(("Retry-After", "2"))
    else:
        body, status = {}, "200 OK"
    start_response(status, headers)
    return [json.dumps(body).encode()]
'''
REPEATS = GOOD.replace(
    "def rate():",
    "def rate():\n    try:\n        return ask()\n    except OSError:\n        return ask()\n\n\ndef ask():",
)
UNHANDLED = GOOD.replace("except (OSError, ValueError)", "except OSError")
SETTINGS = """
[server]
app = "prices:app"
env = { RATES = "{upstream}" }

[faults]
requests = [{ path = "/price" }]
answer = '{"rate": 2}'
"""


async def test_a_dependency_that_fails(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    assert len(faulting.FAULTS) == 6
    repo = make_repo({"prices.py": UNHANDLED, "workbench.toml": SETTINGS, "test_it.py": "def test(): pass\n"})
    repo.write("prices.py", GOOD)
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.PASS, result.reason
    assert result.examined == 6
    longest = result.figures[0]
    assert longest.value is not None
    assert longest.baseline is not None
    repo.commit("handled")
    repo.write("prices.py", REPEATS)
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.FAIL, result.reason
    assert "what is not idempotent was sent 2 times" in result.reason
    repo.write("prices.py", UNHANDLED)
    result = (await judged(repo, "faults"))["faults"]
    assert "under bad JSON: 500" in result.reason
    repo.write("prices.py", GOOD.replace("3 * rate()", "3 * 2"))
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.INCONCLUSIVE, result.reason
    assert "does not reach the dependency" in result.reason
