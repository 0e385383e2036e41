"""What the tour of the demo writes for its user: the test that shows the race, and a fix."""

from __future__ import annotations

import tempfile
from importlib import resources
from typing import TYPE_CHECKING

from workbench.demo.repository import DemoError, Git

if TYPE_CHECKING:
    from pathlib import Path

TEST = "tests/test_second_refresh.py"
FIXED = "accounts/tokens.py"
"""The file whose change is the fix."""


def write_test(repo: Path) -> None:
    """Write the test, unless it is there. Raises :class:`DemoError` where it cannot be written."""
    try:
        if not (repo / TEST).exists():
            (repo / TEST).write_bytes(_data("test_second_refresh.py"))
    except OSError as error:
        raise DemoError(f"{TEST} could not be written: {error.strerror}") from error


def write_fix(repo: Path) -> None:
    """Apply the fix. Raises :class:`DemoError`, with nothing changed, where the code is not that of the demo."""
    with tempfile.TemporaryDirectory() as home:
        Git(repo, home).run("apply", "--whitespace=nowarn", "-", stdin=_data("fix.patch").decode())


def _data(name: str) -> bytes:
    return resources.files("workbench.demo").joinpath("data", "tour", name).read_bytes()
