"""What every test stands on: a home of its own, and real git repositories made in a line."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import postgres as postgres
from tests.postgres import postgres_url as postgres_url

collect_ignore = ["sample_plugin"]
"""A package of its own, whose tests run where it is installed."""

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("any-machine", settings.get_profile("search"), derandomize=True)
settings.load_profile("any-machine")  # how long an example takes says how busy the machine is, not what is right
"""Every run tries the same examples; ``--hypothesis-profile=search`` tries others."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When the first commit of a built repository is made; each next one comes an hour later."""

AUTHOR = "Test Author <author@example.org>"


LONG = (
    "test_validate_demo.py",
    "test_validate_demo_postgres.py",
    "test_validate_demo_screen.py",
    "test_terminal_tour.py",
    "test_docs_commands.py",
    "test_write_test.py",
    "test_demo_proposals.py",
)
"""Files whose tests take half a minute or more each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: at the end they would run alone, and the other processes would wait for them."""
    items.sort(key=lambda item: item.path.name not in LONG)


class RepoBuilder:
    """A real git repository in a temporary folder. ``path`` is its root; commits get fixed authors and times, so that
    the same story gives the same hashes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = FIRST
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def write(self, name: str, content: str | bytes = "") -> Path:
        """Write a file, its folders too; text as UTF-8, line ends as they are."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def commit(self, message: str = "change", author: str = AUTHOR, date: datetime | None = None) -> str:
        """Commit everything that stands in the folder; gives the hash. ``date`` must be aware."""
        self.git("add", "--all")
        name, _, mail = author.rstrip(">").partition(" <")
        when = (date or self._at).isoformat()
        self._at = (date or self._at) + timedelta(hours=1)
        env = {
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": mail or "author@example.org",
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_DATE": when,
        }
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", message, env=env)
        return self.head

    @property
    def head(self) -> str:
        """The hash of HEAD."""
        return self.git("rev-parse", "HEAD").decode().strip()

    def git(self, *args: str, env: Mapping[str, str] | None = None, stdin: bytes | None = None) -> bytes:
        """Standard output of plain git in the repository. Raises subprocess.CalledProcessError."""
        environment = {**os.environ, "GIT_COMMITTER_NAME": "Test Author", "GIT_COMMITTER_EMAIL": "author@example.org"}
        return subprocess.run(
            ["git", *args],
            cwd=self.path,
            env={**environment, **(env or {})},
            input=stdin,
            capture_output=True,
            check=True,
        ).stdout


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the user's own files: HOME and every XDG folder are fresh, and so are git's variables."""
    home = tmp_path_factory.mktemp("home")
    for name in [key for key in os.environ if key.startswith(("GIT_", "WORKBENCH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("WORKBENCH_SOCKETS", str(home))
    for name, folder in [
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
    ]:
        monkeypatch.setenv(name, str(home / folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
    return home


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """A verb that runs in this process, and leaves its garbage to the process's end, leaves it to no other test."""
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., RepoBuilder]:
    """``make_repo({"a.py": "..."})`` gives a repository with one commit; without files, one with no commits."""
    made = 0

    def make(files: Mapping[str, str | bytes] | None = None, name: str = "") -> RepoBuilder:
        nonlocal made
        made += 1
        repo = RepoBuilder(tmp_path / (name or f"repo{made}"))
        for path, content in (files or {}).items():
            repo.write(path, content)
        if files:
            repo.commit("first")
        return repo

    return make
