"""A stub in place of another host: it delays, drips, resets, refuses, talks nonsense, and notes what it was asked."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("delay", "drip", "reset", "429", "500", "bad JSON")
"""What the stub does, one after another."""

DRIP = 0.1
"""Seconds between two bytes of a slow answer."""


class Stub:
    """A server on the loopback that answers as it is told to. Without a fault it gives ``answer``; when it delays, it
    answers nothing for ``patience`` seconds."""

    def __init__(self, answer: str, patience: float) -> None:
        self.mode = ""
        self.asked: list[tuple[str, bool]] = []
        self.answer = answer.encode()
        self._patience = patience
        self._over = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
                """Nothing."""

            def _any(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                stub.asked.append((self.command, "Idempotency-Key" in self.headers))
                with suppress(OSError):
                    stub.reply(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any  # noqa: N815 - names of the library

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def turn(self, mode: str) -> None:
        """From now on answer so; empty for as it should. What is still being answered ends."""
        self._over.set()
        self._over = threading.Event()
        self.mode, self.asked = mode, []

    def close(self) -> None:
        """End it."""
        self.turn("")
        self._server.shutdown()
        self._server.server_close()

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request in the mode of now."""
        mode, over = self.mode, self._over
        if mode == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        if mode == "delay":
            over.wait(self._patience)
        body = b'{"' if mode == "bad JSON" else self.answer
        handler.send_response(int(mode) if mode.isdigit() else 200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if mode != "drip":
            handler.wfile.write(body)
            return
        end = time.monotonic() + self._patience
        for at in range(len(body)):
            handler.wfile.write(body[at : at + 1])
            handler.wfile.flush()
            if time.monotonic() > end or over.wait(DRIP):
                return
