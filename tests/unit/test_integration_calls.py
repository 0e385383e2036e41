"""The playbook integration: every call to another service with what bounds it, repeats it, and whether that is safe."""

from __future__ import annotations

import ast
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from workbench_integration.waits import longest_wait

from tests.conftest import RepoBuilder
from workbench.case.enums import Severity
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

STOP = "retry(stop=stop_after_attempt(3)"

PAY = (
    "import requests\nfrom tenacity import retry\n\n\n@retry\ndef charge(order):\n"
    "    return requests.post(CHARGE, json=order, timeout=30)\n\n\n@retry\ndef refund(order):\n"
    "    return requests.post(REFUND, json=order, timeout=5, headers={'Idempotency-Key': order['id']})\n\n\n"
    "def rates():\n    return requests.get(RATES)\n"
)


async def test_calls_are_told_in_their_playbook_alone(make_repo: Callable[..., RepoBuilder], tmp_path: Path) -> None:
    repo = make_repo({"shop/pay.py": PAY})
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        await session.investigate(Question("charges are slow"))
        assert not any(finding.rule == "WB320" for finding in session.views.findings)
        await session.investigate(replace(Question("charges are slow"), playbook="integration"))
        found = {f.symbol: (f.message, f.severity) for f in session.views.findings if f.rule == "WB320"}
        assert found == {
            "charge": ("POST CHARGE: timeout 30, repeated by retry for ever, not idempotent", Severity.WARNING),
            "refund": (
                "POST REFUND: timeout 5, repeated by retry for ever, has an idempotency key",
                Severity.INFO,
            ),
            "rates": ("GET RATES: no timeout, not repeated, may be repeated", Severity.WARNING),
        }
        check = next(check for check in session.views.checks if check.analyzer == "integration")
        assert check.summary == "3 calls to other services: 1 without a timeout, 1 repeated unsafely"
    finally:
        await session.close()


@pytest.mark.parametrize(
    ("timeout", "retry", "wait"),
    [
        ("5", "", 5),
        ("(3, 20)", "", 23),
        ("", "", inf),
        ("None", "", inf),
        ("LIMIT", "", None),
        ("5", "retry", inf),
        ("5", "tenacity.retry(wait=wait_fixed(1))", inf),
        ("5", f"{STOP})", 15),
        ("5", f"{STOP}, wait=wait_fixed(2))", 19),
        ("5", f"{STOP}, wait=wait_exponential(multiplier=2, max=3))", 20),
        ("5", f"{STOP}, wait=jitter())", None),
        ("5", "retry(stop=stop_after_delay(30))", 35),
        ("5", "retry(stop=stop_after_attempt(N))", None),
        ("5", "backoff.on_exception(expo, Error, max_time=60)", 65),
        ("5", "backoff.on_exception(expo, Error)", inf),
        ("5", "backoff.on_exception(expo, Error, max_tries=4)", None),
        ("5", "stamina.retry(on=Error)", 50),
        ("5", "retried(3)", None),
        ("5", "retry(tries=3)", None),
        ("5", "retry(3)", None),
    ],
)
def test_the_longest_wait_is_told_where_the_code_has_figures(timeout: str, retry: str, wait: float | None) -> None:
    def read(text: str) -> ast.expr | None:
        return ast.parse(text, mode="eval").body if text else None

    assert longest_wait(read(timeout), read(retry)) == wait
