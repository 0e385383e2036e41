"""``workbench --help`` costs what argparse costs."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import help_of
from workbench.cli.main import VERBS

PROGRAM = """
import sys
from pathlib import Path
before = set(sys.modules)
import argparse
known = set(sys.modules)
from workbench.cli.main import main
try:
    main(["--help"])
except SystemExit as end:
    assert end.code == 0
import gettext, locale, shutil, textwrap
allowed = known | {"gettext", "locale", "shutil", "textwrap", "__future__", "workbench", "workbench.cli"}
allowed |= {"workbench.cli.main", "workbench.cli.common", "workbench.__main__"}
extra = {name for name in sys.modules if name not in allowed and not name.startswith("_")}
print("EXTRA", sorted(name for name in extra if name.split(".")[0] not in sys.stdlib_module_names), file=sys.stderr)
heavy = {"asyncio", "sqlite3", "json", "subprocess", "dataclasses", "importlib.metadata"}
print("HEAVY", sorted(extra & heavy), file=sys.stderr)
"""


def test_help_imports_nothing_but_argparse_and_lists_every_verb() -> None:
    ended = subprocess.run([sys.executable, "-I", "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "EXTRA []" in ended.stderr
    assert "HEAVY []" in ended.stderr
    for verb, line in VERBS.items():
        assert f"{verb} " in ended.stdout
        assert line in ended.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_module_with_help_of_its_own(verb: str) -> None:
    assert f"workbench {verb}" in help_of(verb)


def test_a_word_that_is_neither_verb_nor_path_says_what_to_do() -> None:
    argv = [sys.executable, "-P", "-m", "workbench", "frobnicate"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "neither a verb nor a path" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_screens_that_nobody_would_see_are_not_drawn() -> None:
    """Textual draws on standard error: into a file, it would draw there."""
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-P", "-m", "workbench", str(Path(__file__).parent)]
    ended = subprocess.run(argv, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(ours)
    os.close(theirs)
    assert (ended.returncode, "the screens need a terminal" in ended.stderr) == (2, True)
