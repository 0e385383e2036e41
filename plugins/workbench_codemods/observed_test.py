"""The test that a failure is logged and counted: what the function calls is made to fail. Pure."""

from __future__ import annotations

import builtins

from workbench_codemods.observe import Observed


def text_of(made: Observed) -> str:
    """A module for pytest with one test."""
    error = made.error if made.error in vars(builtins) else f"module.{made.error}"
    imports, lines = ["import pytest", f"import {made.module} as module"], []
    root = made.callee.partition(".")[0]
    given = []
    for name in made.parameters:
        lines.append(f"{name} = MagicMock()")
        given.append(name)
    failing = f'MagicMock(side_effect={error}("made to fail"))'
    if made.callee and root in made.parameters:
        lines.append(f"{made.callee} = {failing}")
    elif made.callee:
        lines.append(f'monkeypatch.setattr("{made.module}.{made.callee}", {failing})')
    lines += _before(made)
    call = f"module.{f'{made.owner}.' if made.owner else ''}{made.function}({', '.join(given)})"
    if made.is_async:
        imports.append("import asyncio")
        call = f"asyncio.run({call})"
    with_logs = "with capture_logs() as logs, " if made.idiom.log == "structlog" else "with "
    lines += [f"{with_logs}pytest.raises({error}):", f"    {call}", *_after(made)]
    if made.idiom.log == "structlog":
        imports.append("from structlog.testing import capture_logs")
    if made.idiom.metric == "opentelemetry":
        lines.insert(0, f"counter = MagicMock()\n    monkeypatch.setattr(module, {made.counter.upper()!r}, counter)")
    head = f'"""A failure of {made.function} is seen."""\n\nfrom unittest.mock import MagicMock\n'
    body = "\n".join(f"    {line}" for line in lines)
    name = f"test_a_failure_of_{made.function.strip('_')}_is_seen"
    return f"{head}\n{chr(10).join(sorted(imports))}\n\n\ndef {name}(monkeypatch, caplog):\n{body}\n"


def _before(made: Observed) -> list[str]:
    if made.idiom.metric == "prometheus":
        return [f"before = module.{made.counter.upper()}._value.get()"]
    if made.idiom.metric == "statsd":
        verb = made.idiom.statsd[1]
        return [f'sent = MagicMock()\n    monkeypatch.setattr(module.statsd, "{verb}", sent)']
    return []


def _after(made: Observed) -> list[str]:
    if made.idiom.log == "structlog":
        lines = [f'assert any(each["event"] == "{made.event}" for each in logs)']
    else:
        lines = [f'assert any(getattr(each, "event", "") == "{made.event}" for each in caplog.records)']
    match made.idiom.metric:
        case "prometheus":
            lines.append(f"assert module.{made.counter.upper()}._value.get() == before + 1")
        case "opentelemetry":
            lines.append("counter.add.assert_called_once_with(1)")
        case "statsd":
            lines.append(f'sent.assert_called_once_with("{made.counter}")')
    return lines
