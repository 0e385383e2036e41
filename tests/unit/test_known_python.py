"""The user's Python is looked for once, and again when what is installed in it, or the choice itself, changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from workbench.engine.interpreter import NoInterpreterError
from workbench.engine.known_python import KnownPython, stamp_of
from workbench.engine.process.commands import Commands


def environment(folder: Path) -> Path:
    """A virtual environment as far as its layout goes: its Python is this one."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    packages = folder / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    os.utime(packages, (1e9, 1e9))  # long ago: a clock of files may stand still for some milliseconds
    return python


def test_a_stamp_changes_with_what_is_installed_and_with_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = environment(tmp_path / "one"), environment(tmp_path / "other")
    monkeypatch.setenv("WORKBENCH_PYTHON", str(one))
    first = stamp_of(tmp_path)
    assert first == stamp_of(tmp_path) != ()
    (tmp_path / "one" / "lib" / "python3.11" / "site-packages" / "new").mkdir()
    second = stamp_of(tmp_path)
    assert second != first
    monkeypatch.setenv("WORKBENCH_PYTHON", str(other))
    assert stamp_of(tmp_path) != second


async def test_nothing_stands_in_for_a_configured_python_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", str(tmp_path / "no-python"))
    commands = Commands()
    try:
        with pytest.raises(NoInterpreterError, match=r"no-python \(configured .* name another Python"):
            await KnownPython(tmp_path, commands).get()
    finally:
        await commands.close()


async def test_it_is_probed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    commands = Commands(str(tmp_path))
    try:
        python = KnownPython(tmp_path, commands)
        assert await python.get() is await python.get()
        assert len(commands.ran) == 1
    finally:
        await commands.close()
