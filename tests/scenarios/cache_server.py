"""A cache on the loopback: redis or memcached where this machine has it, else a small one that answers as they do."""

from __future__ import annotations

import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.ports import free_port
from tests.processes import eventually


class _Talk(socketserver.StreamRequestHandler):
    """``GET key`` as redis answers an inline command, ``get key`` as memcached does."""

    def handle(self) -> None:
        with suppress(OSError):
            self._answer()

    def _answer(self) -> None:
        while line := self.rfile.readline():
            if line.startswith(b"GET "):
                self.wfile.write(b"$1\r\n2\r\n")
            else:
                self.wfile.write(b"VALUE rate 0 1\r\n2\r\nEND\r\n")


class _Small(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def cache_server(kind: str, folder: Path) -> Iterator[int]:
    """The port of a ``redis`` or ``memcached`` that holds ``rate`` = 2."""
    program = shutil.which({"redis": "redis-server"}.get(kind, kind))
    if program is None:
        with _Small(("127.0.0.1", 0), _Talk) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield int(server.server_address[1])
            server.shutdown()
        return
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", ""] if kind == "redis" else []
    words = words or ["-p", str(port), "-l", "127.0.0.1", "-u", "nobody"]
    process = subprocess.Popen([program, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: _filled(kind, port))
        yield port
    finally:
        process.terminate()
        process.wait()


def _filled(kind: str, port: int) -> bool:
    asked = b"SET rate 2\r\n" if kind == "redis" else b"set rate 0 0 1\r\n2\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(asked)
            return connection.recv(100) in (b"+OK\r\n", b"STORED\r\n")
    except OSError:
        return False
