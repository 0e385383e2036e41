"""The demo's git repository, built from patches with the same hashes every time."""

from __future__ import annotations

import os
import subprocess
import tempfile
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = ("r410", "r411", "r412")
GUARD = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "core.autocrlf=false")
AFTER_THE_LAST_RELEASE = "main"
COMMITTER = {"GIT_COMMITTER_NAME": "Merge Queue", "GIT_COMMITTER_EMAIL": "merge-queue@example.com"}


class DemoError(RuntimeError):
    """The demo could not be written; the message says why."""


def write_repository(repo: Path) -> None:
    """Create ``repo`` and apply the history to its branch ``main``, with an annotated tag at each release.

    The user's git configuration, hooks and templates have no say in it. Raises :class:`DemoError` when git is missing
    or fails.
    """
    repo.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as home:
        git = Git(repo, home)
        git.run("init", "--quiet", "--template=", "--initial-branch=main")
        for release in (*RELEASES, AFTER_THE_LAST_RELEASE):
            git.run("am", "--quiet", "--keep", "--committer-date-is-author-date", stdin=patches(release))
            if release in RELEASES:
                date = git.run("log", "-1", "--format=%cI").strip()
                git.run("tag", "--annotate", f"--message=Release {release}", release, date=date)


def patches(release: str) -> str:
    """The patches that lead to ``release``, in order, as one mailbox."""
    folder = resources.files("workbench.demo").joinpath("data", "history", release)
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return "".join(file.read_bytes().decode() for file in files)


class Git:
    """git in one repository, deaf to the configuration of the machine it runs on."""

    def __init__(self, repo: Path, home: str) -> None:
        self.repo = repo
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment = (
            inherited
            | COMMITTER
            | {
                "HOME": home,
                "XDG_CONFIG_HOME": home,
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_TERMINAL_PROMPT": "0",
                "LC_ALL": "C",
            }
        )

    def run(self, *arguments: str, stdin: str = "", date: str = "") -> str:
        """The output of one git command; ``date`` is the committer's. Raises :class:`DemoError`."""
        argv = ["git", *GUARD, *arguments]
        environment = self.environment | ({"GIT_COMMITTER_DATE": date} if date else {})
        try:
            done = subprocess.run(
                argv, cwd=self.repo, env=environment, input=stdin.encode(), capture_output=True, check=True, timeout=60
            )
        except FileNotFoundError as error:
            raise DemoError("git is not installed") from error
        except subprocess.CalledProcessError as error:
            raise DemoError(f"git {arguments[0]} failed: {error.stderr.decode(errors='replace').strip()}") from error
        return done.stdout.decode()
