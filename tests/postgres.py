"""A real PostgreSQL for tests: one server a session, on loopback, its data in a fresh folder, never run as root.

A test asks for ``postgres`` (the server) or ``postgres_url`` (a fresh database of its own).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

ROLES = ("postgres", "nobody")
"""Users of the machine that the server runs as where the tests run as root, the first that there is."""
PATIENCE = 60


@dataclass
class Server:
    """A running server; anyone on this machine may connect as ``tester``. It is no child of the tests: they look at
    what they have started."""

    port: int
    control: str
    data: Path
    settings: dict[str, str]
    role: dict[str, int]
    made: int = 0

    def start(self) -> None:
        """Start it; returns when it answers."""
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in self.settings.items())
        log = str(self.data.parent / "log")
        argv = [self.control, "start", "-D", str(self.data), "-l", log, "-w", "-t", str(PATIENCE), "-o", options]
        _run(argv, self.role)

    def stop(self, with_signal: int = signal.SIGINT) -> None:
        """End it: every connection breaks, at SIGQUIT without a word."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, with_signal)
        end = time.monotonic() + PATIENCE
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < end, "the server does not stop"
            time.sleep(0.05)

    def url(self, database: str = "postgres", user: str = "tester") -> str:
        """The address of one of its databases."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The address of a new database."""
        import psycopg

        self.made += 1
        name = f"test_{self.made}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"create database {name}".encode())
        return self.url(name)


def _binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    found = [*folders, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in reversed(found) if (path / "initdb").exists() and (path / "postgres").exists()), None)


def _role() -> dict[str, int]:
    """Arguments of subprocess that make the server's user another one than root."""
    if os.geteuid() != 0:
        return {}
    for name in ROLES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid}
    pytest.skip("PostgreSQL does not run as root, and there is no other user here")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server. Skipped, with the reason, where PostgreSQL or psycopg is not installed."""
    pytest.importorskip("psycopg", reason="the extra postgresql is not installed")
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    role = _role()
    folder = Path(tempfile.mkdtemp(prefix="workbench-postgres-"))
    if role:
        os.chown(folder, role["user"], role["group"])
    data = folder / "data"
    try:
        _run([str(binaries / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "-N"], role)
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "80",
            "shared_preload_libraries": "pg_stat_statements",
        }
        server = Server(port, str(binaries / "pg_ctl"), data, settings, role)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """A fresh database."""
    return postgres.fresh()


def _run(argv: list[str], role: dict[str, int]) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, env=environment, cwd="/", check=False, **role)
    assert done.returncode == 0, argv
