"""What fails is logged and counted in the idiom of the project, and a test shows that it fires."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from workbench_codemods.observe import observe, observed
from workbench_codemods.observed_test import text_of
from workbench_codemods.observing import written_chunk
from workbench_codemods.seen import Idiom, idiom_of

SHOP = (
    '"""Orders."""\n\nimport bank\n\n\ndef pay(order, card):\n    # by card\n'
    "    bank.charge(card, order)  # may fail\n    return True\n"
)
RAISES = (
    "class Stale(Exception):\n    pass\n\n\nclass Cart:\n"
    "    def check(self, item):\n        if item.old:\n            raise Stale(item)\n"
)
PARAMETER = "async def send(client, text):\n    await client.post(text)\n"
PROMETHEUS = "from prometheus_client import Counter\n\nSEEN = Counter('seen', 'x')\n"
STRUCTLOG = "import structlog\n\nlog = structlog.get_logger()\n"
STATSD = "from metrics import statsd\n\n\ndef f():\n    statsd.incr('x')\n"
OTEL = "from opentelemetry import metrics\n\nmeter = metrics.get_meter('x')\n"

FAKES = {
    "bank.py": "def charge(card, order):\n    pass\n",
    "prometheus_client.py": "class Counter:\n    def __init__(self, name, text):\n        self._value = self\n"
    "        self._n = 0\n    def inc(self):\n        self._n += 1\n    def get(self):\n        return self._n\n",
    "metrics.py": "class statsd:\n    @staticmethod\n    def incr(name):\n        pass\n",
    "opentelemetry/__init__.py": "",
    "opentelemetry/metrics.py": "class M:\n    def create_counter(self, n):\n        return self\n"
    "    def add(self, n):\n        pass\n\n\ndef get_meter(name):\n    return M()\n",
    "structlog/__init__.py": "import contextlib\n\nlogs = []\n\n\nclass L:\n    def exception(self, event, **more):\n"
    "        logs.append({'event': event, **more})\n    error = exception\n\n\ndef get_logger(*a):\n    return L()\n",
    "structlog/testing.py": "import contextlib\nimport structlog\n\n\n@contextlib.contextmanager\ndef capture_logs():\n"
    "    yield structlog.logs\n",
}
"""Just enough of what the project imports to run the tests that are written."""


@pytest.mark.parametrize(
    ("source", "line", "name", "others", "said"),
    [
        (SHOP, 8, "CardError", (), ['logger.exception("pay failed", extra={"event": "pay.failed"', "        raise\n"]),
        (SHOP, 8, "OSError", (PROMETHEUS,), ["except OSError:", "PAY_FAILURES.inc()", 'Counter("pay_failures"']),
        (SHOP, 8, "OSError", (STRUCTLOG, STRUCTLOG), ['logger.exception("pay.failed", error="OSError")']),
        (SHOP, 8, "OSError", (STATSD,), ['statsd.incr("pay_failures")', "from metrics import statsd"]),
        (SHOP, 8, "OSError", (OTEL,), ["PAY_FAILURES.add(1)", 'create_counter("pay_failures")']),
        (
            RAISES,
            8,
            "Stale",
            (),
            ['            logger.error("check failed", extra=', "            raise Stale(item)\n"],
        ),
        (PARAMETER, 2, "OSError", (), ["    try:\n        await client.post(text)\n    except OSError:\n"]),
    ],
)
def test_it_speaks_as_the_project_does_and_the_test_that_comes_with_it_passes(
    source: str, line: int, name: str, others: tuple[str, ...], said: list[str], tmp_path: Path
) -> None:
    files = {"shop.py": source, **{f"other{n}.py": text for n, text in enumerate(others)}}
    for path in FAKES:
        (tmp_path / path).parent.mkdir(exist_ok=True)
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    (made,) = observe(str(tmp_path), name, [("test_shop.py", 1, "test"), ("shop.py", line, "f")])
    changed = (tmp_path / "shop.py").read_text()
    for text in said:
        assert text in changed
    assert source.count("#") == changed.count("#"), "comments stay"
    assert not observe(str(tmp_path), name, [("shop.py", line + 8, "f")]), "the second time nothing is done"
    for path, text in FAKES.items():
        (tmp_path / path).write_text(text)
    (test,) = written_chunk(str(tmp_path), made)
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for state, code in ((changed, 0), (source, 1)):
        (tmp_path / "shop.py").write_text(state)
        ended = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert ended.returncode == code, ended.stdout


def test_the_idiom_is_the_commonest() -> None:
    assert idiom_of([]) == Idiom()
    assert idiom_of(["import logging\nx = logging.getLogger()\n", STRUCTLOG, STRUCTLOG, STATSD]).log == "structlog"
    assert idiom_of([STATSD]) == Idiom("logging", "statsd", ("from metrics import statsd", "incr"))


def test_what_is_no_statement_of_a_function_is_left_alone() -> None:
    assert observed("x = f()\n", 1, "E", Idiom()) is None
    made = observed(SHOP, 8, "OSError", Idiom())
    assert made is not None
    assert "as module" in text_of(made[1])
