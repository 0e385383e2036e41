"""Checking rules with promtool, where it is present."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.analysis.plan.metrics import Chosen
from workbench.analysis.plan.rule_trials import trials_yaml
from workbench.analysis.plan.rules import rules_yaml
from workbench.api import Command, Output
from workbench.case.plan import Rule
from workbench.engine.drive import Work
from workbench.engine.process.commands import CommandMissingError

PATIENCE = 60.0


async def checked(work: Work, rules: Sequence[Rule], chosen: Mapping[str, Chosen], case: str) -> str:
    """What ``promtool check rules`` and ``promtool test rules`` said of them, in a line."""
    with tempfile.TemporaryDirectory(prefix="workbench-rules-") as folder:
        file, tests = Path(folder) / "rules.yml", Path(folder) / "tests.yml"
        await asyncio.to_thread(file.write_text, rules_yaml(rules, case), encoding="utf-8")
        await asyncio.to_thread(tests.write_text, trials_yaml(chosen, rules, "rules.yml"), encoding="utf-8")
        try:
            for what, path in (("check", file), ("test", tests)):
                command = Command(("promtool", what, "rules", str(path)), said, cwd=folder, timeout=PATIENCE)
                (problem,) = await work.run(command)
                if problem:
                    return f"promtool {what} rules failed: {problem}"
        except (CommandMissingError, TimeoutError) as error:
            return f"not checked: {error or 'promtool gave no answer in time'}"
    return f"promtool check rules and test rules pass: {len(rules)} rules"


def said(output: Output) -> list[str]:
    """The last thing that promtool complained of; empty where it was content. Runs in a worker."""
    if output.exit_code == 0:
        return [""]
    text = (output.stderr + b"\n" + output.stdout).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [" ".join(lines[-3:])[:300] or f"exit code {output.exit_code}"]
