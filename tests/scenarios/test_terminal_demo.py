"""The demo from the first frame to leaving, in a real terminal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.scenarios.terminal import WORKBENCH, Terminal, needs_tmux

pytestmark = needs_tmux


@pytest.fixture
def demo(tmp_path: Path) -> list[str]:
    return [str(WORKBENCH), "demo", "--dir", str(tmp_path / "demo"), "--jobs", "1"]


def test_the_demo_is_walked_through_by_keys(demo: list[str], tmp_path: Path) -> None:
    with Terminal(tmp_path, (160, 48), *demo, TERM="xterm-256color") as terminal:
        shown = terminal.sees("Repository", "Logs", "Question", "? help")
        assert "1 Investigate ▸ 2 Fix ▸ 3 Validate" in shown
        terminal.sees("500s on login", "auth-service")
        terminal.keys("Enter")
        terminal.sees("4 Causes", "5 Errors", "6 Files", "9 What changed", "Checks")
        terminal.sees("TokenRefreshConflict", "new", gone="◐")
        terminal.keys("J")
        terminal.sees("tokens.py")
        terminal.keys("m")
        terminal.sees("pinned")
        terminal.keys("?")
        terminal.sees("╭─ Help", "esc close")
        terminal.keys("Escape")
        terminal.sees("5 Errors", gone="╭─ Help")
        terminal.keys("T")
        terminal.sees("╭─ Timeline")
        terminal.keys("Escape")
        terminal.sees("5 Errors", gone="╭─ Timeline")

        terminal.resize(80, 24)
        terminal.sees("4 Causes  5 Errors")
        terminal.resize(50, 10)
        terminal.sees("workbench needs 60 × 15")
        terminal.resize(120, 40)
        terminal.sees("4 Causes", "5 Errors", "? help", gone="workbench needs")
        terminal.written_over("\x1b[3;1Ha broadcast message")
        terminal.sees("a broadcast message")
        terminal.keys("C-l")
        terminal.sees("4 Causes", "5 Errors", gone="a broadcast message")

        terminal.keys("2")
        terminal.sees("Change")
        terminal.keys("3")
        terminal.sees("Verdict")
        terminal.keys("1", "q")
        terminal.sees("Leave?", "The case is kept")
        terminal.keys("q", "Enter")
        terminal.sees("Leave?")
        terminal.keys("y")
        terminal.ended()


def test_the_terminal_is_given_back_as_it_was(demo: list[str], tmp_path: Path) -> None:
    with Terminal(tmp_path, (100, 30), "sh", "-c", '"$@"; echo it left; exec cat', "sh", *demo) as terminal:
        terminal.sees("500s on login")
        assert terminal.state == "alternate 1 cursor 0"
        terminal.keys("C-q")
        terminal.sees("Leave?")
        terminal.keys("y")
        terminal.sees("it left")
        assert terminal.state == "alternate 0 cursor 1"


def test_without_colour_none_is_sent(demo: list[str], tmp_path: Path) -> None:
    with Terminal(tmp_path, (100, 30), *demo, TERM="xterm-256color", NO_COLOR="1") as terminal:
        terminal.sees("500s on login")
        shown = terminal.colours
        assert "Question" in shown
        for code in ("\x1b[38", "\x1b[48", *(f"\x1b[{n}m" for n in (*range(30, 38), *range(90, 98)))):
            assert code not in shown


def test_sixteen_colours_are_enough(demo: list[str], tmp_path: Path) -> None:
    with Terminal(tmp_path, (100, 30), *demo, TERM="xterm-16color", COLORTERM="") as terminal:
        terminal.sees("500s on login")
        shown = terminal.colours
        assert "\x1b[38;2" not in shown
        assert "\x1b[38;5" not in shown
        assert "\x1b[" in shown


@pytest.mark.parametrize(
    ("kind", "size", "theme"),
    [("screen", (60, 20), "dark"), ("xterm", (80, 24), "light"), ("tmux-256color", (300, 90), "high-contrast")],
)
def test_any_terminal_will_do(kind: str, size: tuple[int, int], theme: str, tmp_path: Path) -> None:
    """Narrow and huge, light and dark: the screens stand, keys arrive, and what is copied is in a file."""
    repo, settings = tmp_path / "shop", tmp_path / "settings.toml"
    repo.mkdir()
    (repo / "cart.py").write_text("def total(prices):\n    return sum(prices)\n")
    subprocess.run(["git", "init", "-q", repo], check=True)
    settings.write_text(f'theme = "{theme}"\n')
    argv = [str(WORKBENCH), "--jobs", "1", "--config", str(settings), str(repo)]
    with Terminal(tmp_path, size, *argv, TERM=kind) as terminal:
        terminal.sees("Question", "shop")
        terminal.type("the total of the cart is wrong")
        terminal.keys("Enter")
        terminal.sees("cart.py", gone="◐")
        terminal.keys("6", "j", "y")
        terminal.sees("copied")
        assert "cart.py" in (tmp_path / "cache" / "copied.txt").read_text()
        terminal.keys("2")
        terminal.sees("no test was run in this case")
        terminal.keys("3")
        shown = terminal.sees("approval", "not run")
        assert max(map(len, shown.split("\n"))) <= size[0]
        terminal.keys("q")
        terminal.sees("Leave?")
        terminal.keys("y")
        terminal.ended()
