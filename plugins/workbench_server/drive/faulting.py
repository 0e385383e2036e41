"""What the server does when what it depends on fails: a stub in its place delays, resets, refuses, talks nonsense."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from workbench_server.drive.client import Request, send
from workbench_server.drive.sampling import held
from workbench_server.drive.servers import Side

FINE = "fine"
FAULTS = ("delay", "drip", "reset", "429", "500", "bad JSON")
"""What the stub does, one after another."""

PATIENCE = 30.0
"""Seconds that an answer of the server is waited for; the stub delays as long."""

DRIP = 0.3
"""Seconds between two bytes of a slow answer."""

SETTLE = 1.0
"""Seconds after the last fault until what the server holds is compared with before."""


class Stub:
    """A server on the loopback that answers as it is told to, and notes what it was asked."""

    def __init__(self, answer: str) -> None:
        self.mode = FINE
        self.asked: list[tuple[str, bool]] = []
        self.answer = answer.encode()
        self.over = threading.Event()
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

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request in the mode of now."""
        mode = self.mode
        if mode == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        if mode == "delay":
            self.over.wait(PATIENCE)
        body = b'{"' if mode == "bad JSON" else self.answer
        handler.send_response(int(mode) if mode.isdigit() else 200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if mode == "drip":
            end = time.monotonic() + PATIENCE
            for at in range(len(body)):
                handler.wfile.write(body[at : at + 1])
                handler.wfile.flush()
                if time.monotonic() > end or self.over.wait(DRIP):
                    return
        else:
            handler.wfile.write(body)


@contextmanager
def stub_of(answer: str) -> Iterator[Stub]:
    """A stub while it is needed."""
    stub = Stub(answer)
    try:
        yield stub
    finally:
        stub.over.set()
        stub.server.shutdown()
        stub.server.server_close()


def fault_all(side: Side, stub: Stub, requests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Each request under each fault: its status, how long it took, and what the stub was asked meanwhile."""
    tries = [_try(side, stub, FINE, each) for each in requests]
    before = held(side.pids)
    for mode in FAULTS:
        tries += [_try(side, stub, mode, each) for each in requests]
    time.sleep(SETTLE)
    after = held(side.pids)
    return {"tries": tries, "held": [asdict(each) if each else None for each in (before, after)]}


def _try(side: Side, stub: Stub, mode: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    stub.mode, stub.asked = mode, []
    stub.over.clear()
    request = Request(asked.get("method", "GET"), asked["path"], asked.get("json"))
    answer = send(side.ports[0], request, PATIENCE)
    calls = list(stub.asked)
    stub.over.set()
    return {
        "mode": mode,
        "request": f"{request.method} {request.path}",
        "status": answer.status,
        "error": answer.error,
        "seconds": answer.seconds,
        "calls": len(calls),
        "unsafe": sum(method in ("POST", "PATCH") and not keyed for method, keyed in calls),
        "retry_after": next((value for name, value in answer.headers.items() if name.lower() == "retry-after"), ""),
    }
