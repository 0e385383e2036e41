"""The tour of the demo, from the question to the plan, in a real terminal; then the demo again, as it was left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.terminal import WORKBENCH, Terminal, needs_tmux

pytestmark = needs_tmux

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")


def test_the_tour_leads_from_the_question_to_the_plan(tmp_path: Path) -> None:
    demo = [str(WORKBENCH), "demo", "--dir", str(tmp_path / "demo"), "--jobs", "1"]
    with Terminal(tmp_path, (160, 48), *demo, "--tour", TERM="xterm-256color") as terminal:
        terminal.sees("tour 1 of 8", "500s on login", "auth-service main")
        terminal.keys("Enter")
        terminal.sees("tour 2 of 8", "TokenRefreshConflict", gone="◐")
        terminal.keys("J", "Space")
        terminal.sees("tour 3 of 8", "H writes one")
        terminal.keys("H")
        terminal.sees("tour 4 of 8", "the test was written")
        terminal.keys("2")
        terminal.sees("tour 4 of 8", "test_second_refresh.py")
        terminal.keys("a")
        terminal.sees("Trust this repository?", "pytest")
        terminal.keys("y")
        terminal.sees("tour 5 of 8", "red: the second exchange")
        terminal.keys("H")
        terminal.sees("tour 6 of 8", "accounts/tokens.py")
        terminal.keys("7", "r")
        terminal.sees("tour 7 of 8", "3 is the verdict")
        terminal.keys("3")
        terminal.sees("tamper", "a lets the gates judge")
        terminal.keys("G", "r")  # the quick gate alone: all of them take minutes
        terminal.sees("tour 8 of 8", "6 is the plan", "Plan")
        terminal.keys("q")
        terminal.sees("Leave?", "The case is kept")
        terminal.keys("y")
        terminal.ended()
    with Terminal(tmp_path, (100, 30), *demo, TERM="xterm-256color") as terminal:
        terminal.sees("changed:")
        terminal.sees("Recent cases")
