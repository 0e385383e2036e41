"""What a server depends on fails: it answers in time and as it is meant, and repeats nothing that must not be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.token_service import SERVICE
from tests.scenarios.token_service import SETTINGS as TOKENS
from tests.scenarios.validating import judged
from workbench.case.enums import GateStatus

GOOD = '''"""Asks a rate service."""
import json
import os
import urllib.request


def rate():
    request = urllib.request.Request(os.environ["RATES"] + "/rate", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=0.5) as answer:
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
WRONG = GOOD.replace("except (OSError, ValueError)", "except OSError").replace(
    "def rate():",
    "def rate():\n    try:\n        return ask()\n    except OSError:\n        return ask()\n\n\ndef ask():",
)
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
    repo = make_repo({"prices.py": WRONG, "workbench.toml": SETTINGS, "test_it.py": "def test(): pass\n"})
    repo.write("prices.py", GOOD)
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.PASS, result.reason
    assert result.examined == 6, "delay, drip, reset, 429, 500, bad JSON"
    assert "at base" in result.reason, "the control was answered wrongly"
    longest = result.figures[0]
    assert longest.value is not None
    assert longest.baseline is not None
    repo.commit("handled")
    repo.write("prices.py", WRONG)
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.FAIL, result.reason
    assert "what is not idempotent was sent 2 times" in result.reason
    assert any("under bad JSON: 500" in each.text for each in result.evidence)
    repo.write("prices.py", GOOD.replace("3 * rate()", "3 * 2"))
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.INCONCLUSIVE, result.reason
    assert "does not reach the other host" in result.reason


TOUCHED = SERVICE.replace("timeout=10", "timeout=0.2").replace(
    '        return 200, {"user": row[0]}',
    '        connection.execute("UPDATE token SET ends = ends WHERE key = ?", (key,))\n'
    '        return 200, {"user": row[0]}',
)
HANDLED = TOUCHED.replace(
    "    finally:\n        connection.close()\n    start_response(",
    "    except sqlite3.OperationalError:\n"
    '        start_response("503 X", [("Retry-After", "2")])\n'
    '        return [b"{}"]\n'
    "    finally:\n        connection.close()\n    start_response(",
)


async def test_a_database_on_which_another_writes_is_tried_without_a_word_in_the_settings(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    assert len({SERVICE, TOUCHED, HANDLED}) == 3
    repo = make_repo({"service.py": SERVICE, "workbench.toml": TOKENS, "test_it.py": "def test(): pass\n"})
    repo.write("service.py", TOUCHED)
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.FAIL, result
    assert "GET /me under locked of the database: 500 (base: 0 of this kind)" in result.reason
    repo.commit("every answer writes")
    repo.write("service.py", TOUCHED + "\n")
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.PASS, "it is as bad as at base, and not this change's"
    assert any(each.text.startswith("as at base: GET /me") for each in result.evidence)
    repo.write("service.py", HANDLED)
    result = (await judged(repo, "faults"))["faults"]
    assert result.status is GateStatus.PASS, result
    assert "at base 1 were not" in result.reason
