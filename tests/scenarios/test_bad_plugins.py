"""Plugins that raise, hang, exit or return rubbish: each is a row that says so, and the case goes on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import workbench
from tests.snapshots import incident
from workbench.case.enums import CheckStatus

BAD = '''"""Analyzers that do what none should."""

import os
import sys
import time

from workbench.api import Chunk, Finding, Report, Severity, hookimpl


def endless():
    while True:
        time.sleep(0.01)


def gone():
    os._exit(3)


def no_list():
    return 5


class Bad:
    def __init__(self, step=None, last=None, error=None):
        self.step, self.last, self.error = step, last, error

    async def plan(self, subject, host):
        if self.error is not None:
            raise self.error
        if self.step is not None:
            yield self.step

    def fold(self, subject, results):
        return self.last


FINDING = Finding("f", "a.py", "first", 1, "R", "m", Severity.INFO, "bad", "fp")
KINDS = {
    "raises": Bad(error=KeyError("[red]price[/]")),
    "hangs": Bad(Chunk(endless, (), 0.3)),
    "ends_worker": Bad(Chunk(gone, ())),
    "exits": Bad(error=SystemExit(4)),
    "no_list": Bad(Chunk(no_list, ())),
    "no_step": Bad("rm -rf /"),
    "nothing": Bad(last=None),
    "no_text": Bad(last=Report(summary=3)),
    "no_line": Bad(last=Report("one finding", findings=(FINDING,))),
}


@hookimpl
def register_analyzers(register):
    for name, bad in KINDS.items():
        register("bad_" + name, lambda bad=bad: bad, title=name)
'''
SAID = {
    "raises": "failed: KeyError: '[red]price[/]'",
    "hangs": "stopped: ",
    "ends_worker": "exit code 3",
    "exits": "SystemExit",
    "no_list": "list",
    "no_step": "failed: ",
    "nothing": "fold must give a Report",
    "no_text": "summary: 3 is no str",
    "no_line": "line: 'first' is no int",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two distributions beside ours: one of bad analyzers, one whose import ends the program."""
    folder = tmp_path / "site"
    for name, text in (("bad_analyzers", BAD), ("bad_import", "import sys\n\nsys.exit('no licence')\n")):
        info = folder / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        (folder / f"{name}.py").write_text(text)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[workbench.plugins]\n{name} = {name}\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    yield
    for name in ("bad_analyzers", "bad_import"):
        sys.modules.pop(name, None)


async def test_each_is_a_row_that_says_so(
    installed: None, tmp_path: Path, make_repo: Callable[..., RepoBuilder]
) -> None:
    repo = make_repo({"a.py": "def total(prices):\n    return sum(prices)\n"})
    options = incident.arguments(tmp_path)
    options.question, options.ask = "the total is wrong", True
    async with workbench(repo.path, options, (160, 48)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: "bad_no_line" in driver.session.state.finished, "the analyzers")
        await driver.still()
        finished = driver.session.state.finished
        for name, text in SAID.items():
            check = finished[f"bad_{name}"].check
            wanted = CheckStatus.TIMED_OUT if name == "hangs" else CheckStatus.FAILED
            assert (check.status, text in check.summary) == (wanted, True), check
        assert "no licence" in finished["bad_import"].check.summary
        assert finished["index"].check.status is CheckStatus.DONE, "the others are not disturbed"
        assert not driver.session.views.findings or "first" not in {f.line for f in driver.session.views.findings}
        driver.pane.go_panel(driver.panel("checks"))
        await driver.still()
        told = driver.shown("checks")
        for name in SAID:
            assert f"bad_{name}"[:9] in told
        assert "✘" in told
        driver.panel("checks").go("bad_raises")
        await driver.settle()
        assert "KeyError" in driver.shown("why"), "its traceback stands under Why"
