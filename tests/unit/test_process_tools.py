"""Programs are found outside the repository only, and get an environment that says nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.api import Command, Output
from workbench.engine.process.commands import CommandMissingError, Commands, find_tool
from workbench.engine.process.tools import base_environment


def program(path: Path, text: str = "#!/bin/sh\necho tripped\n") -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """We stand in a repository with a program ``tool`` in every place that PATH may name; an honest one is outside."""
    repository = tmp_path / "repository"
    for place in (".", "bin", ".venv/bin"):
        program(repository / place / "tool")
    (tmp_path / "link").symlink_to(repository / "bin")
    program(tmp_path / "honest" / "tool", "#!/bin/sh\necho honest\n")
    entries = ["", ".", "bin", str(repository / ".venv/bin"), str(tmp_path / "link"), str(tmp_path / "honest")]
    monkeypatch.setenv("PATH", os.pathsep.join([*entries, os.environ["PATH"]]))
    monkeypatch.chdir(repository)
    return repository


def test_a_tool_of_the_repository_is_passed_over(repository: Path, tmp_path: Path) -> None:
    assert find_tool("tool", str(repository)) == str(tmp_path / "honest" / "tool")
    assert find_tool("no-such-tool", str(repository)) is None
    assert find_tool("bin/tool", str(repository)) is None
    (tmp_path / "honest" / "tool").chmod(0o644)
    assert find_tool("tool", str(repository)) is None


def test_an_absolute_path_is_itself(repository: Path) -> None:
    assert find_tool(str(repository / "tool")) == str(repository / "tool")
    assert find_tool(str(repository / "missing")) is None


async def test_a_command_runs_the_repository_s_program_only_when_it_says_so(repository: Path) -> None:
    commands = Commands(str(repository))
    run = commands.run
    assert (await run(Command(("tool",), nothing, cwd=str(repository)))).stdout == b"honest\n"
    for own in (".venv/bin/tool", "../link/tool"):
        with pytest.raises(CommandMissingError, match="before you trust it"):
            await run(Command((str(repository / own),), nothing))
    assert (await run(Command((str(repository / "tool"),), nothing, executes=True))).stdout == b"tripped\n"
    nested = Command(("sh", "-c", "tool"), nothing, cwd=str(repository))
    assert (await run(nested)).stdout == b"honest\n"
    await commands.close()


def test_the_environment_says_nothing_of_our_terminal_or_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "app.settings")
    environment = base_environment()
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT", "COLUMNS", "FORCE_COLOR"} & environment.keys()
    assert environment["GIT_AUTHOR_NAME"] == "Somebody"
    assert environment["DJANGO_SETTINGS_MODULE"] == "app.settings"
    assert environment["TERM"] == "dumb"


def nothing(output: Output) -> list[object]:
    return []
