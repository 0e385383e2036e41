"""One release of the project, running on this machine."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

JWT_KEY = "the key that the recorder gives to the service"
PARTNER_KEY = "the key of northwind that is long enough to sign with"
FIRST_USER = 8801
USERS = 240
PASSWORD = "let me in"


class Service:
    """A checkout of ``release`` below ``folder``; both releases share the database there."""

    def __init__(self, repo: Path, release: str, folder: Path) -> None:
        self.release = release
        self.checkout = folder / release
        self.database = folder / "auth.sqlite3"
        self.stderr = folder / f"{release}.log"
        self.port = free_port()
        subprocess.run(
            ["git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--branch", release, repo, self.checkout],
            check=True,
        )
        revision = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=self.checkout, check=True, capture_output=True, text=True
        ).stdout.strip()
        lines = (self.checkout / "deploy" / "production.env").read_text().splitlines()
        production = dict(line.split("=", 1) for line in lines if "=" in line)
        self.environment = (
            os.environ
            | production
            | {
                "DATABASE_URL": f"sqlite:///{self.database}",
                "DB_POOL": "0",
                "JWT_KEY": JWT_KEY,
                "PARTNER_KEYS": f"northwind:{PARTNER_KEY}",
                "RELEASE": release,
                "REVISION": revision,
                "PYTHONDONTWRITEBYTECODE": "1",
            }
        )
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> None:
        """Run one management command to its end."""
        argv = [sys.executable, "manage.py", *arguments]
        subprocess.run(argv, cwd=self.checkout, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Serve, and return when the first request can be answered."""
        argv = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"]
        with self.stderr.open("wb") as stderr:
            self.process = subprocess.Popen(
                argv, cwd=self.checkout, env=self.environment, stdout=subprocess.DEVNULL, stderr=stderr
            )
        deadline = time.monotonic() + 30
        while not answers(self.port):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"{self.release} does not start: {self.stderr.read_text()}")

    def stop(self) -> None:
        """End the server."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)

    def seed(self, old_tokens: int = 60_000) -> None:
        """Create the tables, users, one member of staff, and a month of sign-ins."""
        self.manage("migrate")
        with sqlite3.connect(self.database) as database:
            database.execute("DELETE FROM sqlite_sequence WHERE name = 'accounts_user'")
            database.execute("INSERT INTO sqlite_sequence VALUES ('accounts_user', ?)", (FIRST_USER - 1,))
        self.manage("seed_users", "--count", str(USERS), "--password", PASSWORD)
        with sqlite3.connect(self.database) as database:
            database.execute("UPDATE accounts_user SET is_staff = 1 WHERE id = ?", (FIRST_USER,))
            database.executemany(
                "INSERT INTO accounts_token (user_id, key, created_at, expires_at)"
                " VALUES (?, ?, datetime('now', ?), datetime('now', ?))",
                (
                    (FIRST_USER + n % USERS, f"old{n}", f"-{n * 40} seconds", f"{3600 - n * 40:+} seconds")
                    for n in range(1, old_tokens)
                ),
            )


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody accepts connections there; waits a moment if not. Sends nothing, so nothing is logged."""
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.connect()
    except OSError:
        time.sleep(0.05)
        return False
    finally:
        connection.close()
    return True
