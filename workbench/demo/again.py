"""The demo as it was left: whether a folder holds it, and what its user has changed there."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from workbench.demo.repository import DemoError, Git

if TYPE_CHECKING:
    from pathlib import Path

RELEASED = "5d879c009fea68c96787badaa263921447a092f5"
"""The commit of r412, the same in every demo: the log names it."""
LAST = "d7ad80e7c96cb98fbdcdd4ec8d7594941c680790"
"""The last commit of ``main``."""


def is_demo(repo: Path) -> bool:
    """Whether ``repo`` is a demo that was written to its end. Raises :class:`DemoError` without git."""
    if not (repo / ".git").is_dir():
        return False
    with tempfile.TemporaryDirectory() as home:
        git = Git(repo, home)
        try:
            return git.run("rev-parse", "r412^{commit}").strip() == RELEASED and bool(git.run("cat-file", "-t", LAST))
        except DemoError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise
            return False


def changed(repo: Path) -> tuple[str, ...]:
    """What differs from the demo as it was written: changed and new files, sorted, then how many commits came."""
    with tempfile.TemporaryDirectory() as home:
        git = Git(repo, home)
        listed = git.run("diff", "--no-ext-diff", "--no-textconv", "--name-only", "-z", LAST, "--")
        new = git.run("ls-files", "-z", "--others", "--exclude-standard")
        commits = int(git.run("rev-list", "--count", f"{LAST}..HEAD"))
    files = sorted({name for name in (listed + new).split("\0") if name})
    return (*files, *([f"{commits} commit{'s' * (commits != 1)} of your own"] if commits else []))
