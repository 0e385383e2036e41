"""A real sshd on loopback, and a slow network in front of it."""

from __future__ import annotations

import getpass
import os
import queue
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.ports import free_port

SSHD = Path("/usr/sbin/sshd")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[str]:
    """A real sshd on loopback, and ``bin/ssh`` under ``tmp_path`` configured for it; gives USER@HOST:PORT."""
    with sshd(tmp_path) as address:
        yield address


@contextmanager
def sshd(folder: Path) -> Iterator[str]:
    """The same, as a context."""
    if not SSHD.exists() or not shutil.which("ssh-keygen"):
        pytest.skip("openssh-server is not installed")
    if os.geteuid() == 0 and not Path("/run/sshd").is_dir():
        try:
            Path("/run/sshd").mkdir(mode=0o755)
        except OSError:
            pytest.skip("sshd needs /run/sshd")
    keys = folder / "ssh"
    keys.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True)
    (keys / "authorized").write_text((keys / "user.pub").read_text())
    port = free_port()
    (keys / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {keys}/host\nAuthorizedKeysFile {keys}/authorized\n"
        f"StrictModes no\nUsePAM no\nPidFile {keys}/pid\nPasswordAuthentication no\nPermitRootLogin yes\n"
        f"MaxStartups 100\n"
    )
    (keys / "config").write_text(
        f"Host *\n  IdentityFile {keys}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {keys}/known\n"
        "  StrictHostKeyChecking no\n"
    )
    server = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(keys / "sshd_config")], stderr=subprocess.DEVNULL)
    ours = folder / "bin" / "ssh"
    ours.parent.mkdir(exist_ok=True)
    ours.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {keys}/config "$@"\n')
    ours.chmod(0o755)
    try:
        deadline = time.monotonic() + 30
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
            if server.poll() is not None:
                pytest.skip("sshd does not start here")
        yield f"{getpass.getuser()}@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


class SlowNetwork:
    """A proxy in front of ``port``: every byte comes ``delay`` seconds late, and ``rate`` bytes a second pass each way.

    ``cut`` breaks what is connected and refuses what comes, until ``mend``. ``passed`` counts bytes, both ways.
    """

    def __init__(self, port: int, delay: float, rate: float) -> None:
        self.passed = 0
        self._to, self._delay, self._rate = port, delay, rate
        self._cut = False
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._cut = True
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        self._cut = False

    def close(self) -> None:
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                if self._cut:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._to))
                self._open += [here, there]
                for one, other in ((here, there), (there, here)):
                    waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
                    threading.Thread(target=self._take, args=(one, waiting), daemon=True).start()
                    threading.Thread(target=self._give, args=(other, waiting), daemon=True).start()

    def _take(self, source: socket.socket, waiting: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        free = time.monotonic()
        data = b"x"
        while data:
            try:
                data = source.recv(512)
            except OSError:
                data = b""
            self.passed += len(data)
            free = max(free, time.monotonic()) + len(data) / self._rate
            waiting.put((free + self._delay, data))

    def _give(self, target: socket.socket, waiting: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        with suppress(OSError):
            while True:
                due, data = waiting.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
