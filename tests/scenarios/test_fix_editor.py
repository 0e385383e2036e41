"""``e`` hands the terminal to $EDITOR at the line; what is written there is seen when it is given back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conftest import RepoBuilder
from tests.scenarios.terminal import WORKBENCH, Terminal, needs_tmux

pytestmark = needs_tmux

EDITOR = '#!/bin/sh\necho "the editor has $1 of $(basename "$2")"\nread key\necho "line 20" >> "$2"\n'


def test_the_editor_opens_at_the_line_of_the_diff(make_repo: Callable[..., RepoBuilder], tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 20))
    repo = make_repo({"a.txt": text})
    repo.write("a.txt", text.replace("line 7\n", "line seven\n"))
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    start = [str(WORKBENCH), str(repo.path), "--jobs", "1"]
    with Terminal(tmp_path, (120, 40), *start, TERM="xterm-256color", EDITOR=str(editor), VISUAL="") as terminal:
        terminal.sees("Question", "? help")
        terminal.type("what is wrong")
        terminal.keys("Enter")
        terminal.sees("Checks", gone="◐")
        terminal.keys("2")
        terminal.sees("line seven")
        terminal.keys("6", "J", "e")
        terminal.sees("the editor has +7 of a.txt", gone="Change")
        terminal.keys("Enter")
        terminal.sees("line seven", "line 20", "Change")
        assert terminal.state == "alternate 1 cursor 0"
