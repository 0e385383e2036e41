"""Progress of verbs: how far, the time so far, how to stop; only where somebody looks; every verb has its say."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workbench.cli import main as command_line
from workbench.cli import notice, progress
from workbench.cli.main import _MODULES, VERBS
from workbench.cli.output import say
from workbench.cli.progress import Progress

CLI = Path(progress.__file__).parent
AT_ONCE = {
    "errors": "reads the record of a case",
    "plugins": "asks what is installed",
    "install": "pip shows its own progress",
    "report": "reads the record of a case",
    "monitor": "says where each trigger stands and how long it goes on, until it ends",
    "stats": "reads the records of cases",
    "join": "says what it connects to; ssh may ask for a password in the same line",
    "invite": "writes one event",
    "serve": "serves until it is stopped",
    "cases": "reads the index of cases",
    "mcp": "serves until it is stopped",
    "doctor": "asks each tool for its version, within a limit",
    "completion": "prints a script",
}
"""Verbs without progress, and why none is called for."""


class Terminal(io.StringIO):
    """Standard error of a person."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    monkeypatch.delenv("WORKBENCH_PLAIN", raising=False)
    return now


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Where they write; sys.stderr itself is put back by pytest between this and the test."""
    made = Terminal()
    for module in (progress, notice, command_line):
        monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=made, stdout=sys.stdout))
    return made


def test_how_far_for_how_long_and_how_to_stop(terminal: Terminal, clock: list[float]) -> None:
    with Progress("collecting") as shown:
        assert terminal.getvalue() == "", "what is over at once is not worth a word"
        clock[0] += 65
        shown.show("3 of 40 tests\x1b[31m")
        assert terminal.getvalue().endswith("3 of 40 tests\\x1b[31m · 1:05 · Ctrl-C stops")
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_what_is_cut_is_neither_the_time_nor_the_way_out(
    terminal: Terminal, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    with Progress() as shown:
        clock[0] += 5
        shown.show("a gate with a long name · and another one")
        line = terminal.getvalue().rpartition("\x1b[K")[2]
        assert len(line) < 40
        assert line.endswith("… · 0:05 · Ctrl-C stops")


def test_it_gives_way_to_what_is_printed(
    terminal: Terminal, clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress() as shown:
        clock[0] += 5
        shown.show("at it")
        say("a result")
        assert terminal.getvalue().endswith("\r\x1b[K")


def test_it_is_read_aloud_in_lines(terminal: Terminal, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PLAIN", "1")
    with Progress("index 3 of 12") as shown:
        clock[0] += 12
        shown.tick()
        assert terminal.getvalue() == "index 3 of 12 - 0:12 - Ctrl-C stops\n"
    assert "\x1b" not in terminal.getvalue()


def test_nothing_is_written_where_nobody_looks(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=pipe))
    with Progress("at it") as shown:
        clock[0] += 5
        shown.show("still")
        shown.tick()
    assert pipe.getvalue() == ""


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_shows_progress_or_is_over_at_once(verb: str) -> None:
    text = (CLI / f"{_MODULES.get(verb, verb)}.py").read_text(encoding="utf-8")
    assert ("Progress(" in text) != (verb in AT_ONCE), AT_ONCE.get(verb, "how far is it, and since when?")


@pytest.mark.parametrize(
    ("how", "sent"), [("off", ""), ("bell", "\a"), ("osc9", "\x1b]9;workbench prove: not as it should be\x07")]
)
def test_a_notice_at_the_end_of_a_long_verb(
    how: str, sent: str, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "workbench").mkdir()
    (tmp_path / "workbench" / "config.toml").write_text(f'notify = "{how}"\n')
    notice.notice("prove", 1)
    assert terminal.getvalue() == sent


def test_none_for_what_was_quick(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(notice, "notice", lambda verb, code: rung.append(verb))
    command_line.main(["completion", "bash"])
    assert rung == []
    monkeypatch.setattr(command_line, "LONG", 0.0)
    command_line.main(["completion", "bash"])
    assert rung == ["completion"]
