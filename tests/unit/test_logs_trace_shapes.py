"""The same traceback as servers, loggers and clouds write it down: one error with its type and its deepest frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_logs_formats import read
from tests.unit.test_logs_level_columns import TRACE, at

ISO = "%Y-%m-%dT%H:%M:%S"
ID = "1d2e7f0a-0000-4000-8000-{:012x}"
LOGURU = """Traceback (most recent call last):

  File "/srv/app/shop/web.py", line 41, in handle
    return pay(cart)
           │   └ {'a': 1}
           └ <function pay at 0x7f1>

> File "/srv/app/shop/pay.py", line 17, in pay
    amount = cart["total"]
             └ {'a': 1}

KeyError: 'total'"""
RICH = """╭──────────────────── Traceback (most recent call last) ─────────────────────╮
│ /srv/app/shop/web.py:41 in handle                                          │
│                                                                            │
│   40 def handle(cart):                                                     │
│ ❱ 41     return pay(cart)                                                  │
│                                                                            │
│ /srv/app/shop/pay.py:17 in pay                                             │
│                                                                            │
│ ❱ 17     amount = cart["total"]                                            │
╰────────────────────────────────────────────────────────────────────────────╯
KeyError: 'total'"""
CARETS = TRACE.replace("pay(cart)\n", "pay(cart)\n           ~~~^^^^^^\n")
FAILED = "payment failed for {}\n" + TRACE


def record(number: int, failed: bool, **fields: Any) -> str:
    """A JSON object with the fields whose value is not None; those that are functions tell by what happened."""
    given = {name: each(number, failed) if callable(each) else each for name, each in fields.items()}
    return json.dumps({name.replace("__", "."): each for name, each in given.items() if each is not None})


def text(number: int, failed: bool) -> str:
    """A message that has the traceback in it."""
    return FAILED.format(number) if failed else f"served page {number}"


def brief(number: int, failed: bool) -> str:
    """A message without it."""
    return "payment failed" if failed else f"served page {number}"


def level(_: int, failed: bool) -> str:
    return "Error" if failed else "Information"


def trace(_: int, failed: bool) -> str | None:
    return TRACE if failed else None


def stamp(number: int, _: bool) -> str:
    return at(number, ISO) + ".123Z"


def nanos(number: int, _: bool) -> str:
    return f"{1767225600 + 20 * number}000000000"


def each_line(prefix: str, message: str) -> str:
    """``message`` with the prefix before every line."""
    return "\n".join(prefix + line for line in message.split("\n"))


def attributes(_: int, failed: bool) -> list[Any]:
    told = {"exception.type": "KeyError", "exception.stacktrace": TRACE} if failed else {}
    return [{"key": name, "value": {"stringValue": each}} for name, each in told.items()]


SHAPES: dict[str, Callable[[int, bool], str]] = {
    "uvicorn": lambda n, bad: f"ERROR:    Exception in ASGI application\n{TRACE}" if bad else f"INFO:     page {n}",
    "gunicorn": lambda n, bad: f"[{at(n)} +0000] [7] [{'ERROR' if bad else 'INFO'}] {text(n, bad)}",
    "celery": lambda n, bad: (
        f"[{at(n)},1: {'ERROR/Fork-1' if bad else 'INFO/Main'}] Task {ID.format(n)} {text(n, bad)}"
    ),
    "loguru": lambda n, bad: f"{at(n)}.1 | {'ERROR' if bad else 'INFO':<8} | a:b:4 - " + (LOGURU if bad else "served"),
    "rich": lambda n, bad: (
        f"[{at(n)}] " + (f"ERROR    payment failed   web.py:41\n{RICH}" if bad else "INFO     served")
    ),
    "carets": lambda n, bad: f"{at(n)},1 {'ERROR' if bad else 'INFO'} " + (f"failed\n{CARETS}" if bad else "served"),
    "lambda": lambda n, bad: f"[ERROR] KeyError: 'total'\n{TRACE}" if bad else f"START RequestId: {ID.format(n)}",
    "lambda, without its end": lambda n, bad: (
        f"[ERROR] KeyError: 'total'\n{TRACE.rpartition(chr(10))[0]}" if bad else f"START RequestId: {ID.format(n)}"
    ),
    "django": lambda n, bad: f"Internal Server Error: /cart/{n}\n{TRACE}" if bad else f'[{at(n)}] "GET /" 200 {n}',
    "cloudwatch": lambda n, bad: each_line(
        f"{at(n, ISO)}.123000+00:00 web/app/8f2c ", f"{'ERROR' if bad else 'INFO'} {text(n, bad)}"
    ),
    "heroku": lambda n, bad: each_line(f"{at(n, ISO)}.123456+00:00 app[web.1]: ", f"WARN {text(n, bad)}"),
    "azure": lambda n, bad: f"{at(n, ISO)}.1234567Z [{level(n, bad)}] {text(n, bad)}",
    "carriage returns": lambda n, bad: f"{at(n)},1 {'ERROR' if bad else 'INFO'} {text(n, bad)}".replace("\n", "\r\n"),
    "breaks escaped": lambda n, bad: f"{at(n)},1 {'ERROR' if bad else 'INFO'} {text(n, bad)}".replace("\n", r"\n"),
    "breaks of rsyslog": lambda n, bad: f"{at(n, '%b %d %H:%M:%S')} w a[7]: {text(n, bad)}".replace("\n", "#012"),
    "google, text": lambda n, bad: record(n, bad, severity=level, timestamp=stamp, insertId="x", textPayload=text),
    "google, json": lambda n, bad: record(
        n, bad, severity=level, timestamp=stamp, jsonPayload={"message": text(n, bad)}
    ),
    "opentelemetry": lambda n, bad: record(
        n, bad, timeUnixNano=nanos, severityText=level, body={"stringValue": brief(n, bad)}, attributes=attributes
    ),
    "elastic": lambda n, bad: record(
        n, bad, log__level=level, message=brief, error={"type": "KeyError", "stack_trace": TRACE} if bad else None
    ),
    "datadog": lambda n, bad: record(n, bad, timestamp=stamp, status=level, service="shop", message=text),
    "serilog": lambda n, bad: json.dumps(
        {"@t": stamp(n, bad), "@mt": "failed", "@x": TRACE} if bad else {"@m": "served"}
    ),
    "dotnet": lambda n, bad: record(n, bad, Timestamp=stamp, LogLevel=level, Message=brief, Exception=trace),
    "tracing": lambda n, bad: record(
        n, bad, timestamp=stamp, level=level, fields={"message": brief(n, bad), "stacktrace": trace(n, bad)}
    ),
    "pino": lambda n, bad: record(n, bad, level=lambda *_: 50 if bad else 30, msg=brief, err={"stack": trace(n, bad)}),
    "a path of Windows": lambda n, bad: record(
        n, bad, level=level, message=lambda *_: text(n, bad).replace("/srv/app/shop/web", r"C:\new\web")
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_it_is_one_error_with_its_deepest_frame(name: str, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("\n".join(SHAPES[name](n, n % 10 == 7) for n in range(200)) + "\n", newline="")
    _, said = read(path)
    (error,) = said.errors
    assert (error.type, error.count) == ("KeyError", 20)
    assert (error.frames[-1].path, error.frames[-1].line) == ("/srv/app/shop/pay.py", 17)
