"""A TCP proxy on the loopback before a database or a cache, that does to connections what it is told to."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from contextlib import suppress

FAULTS = ("delay", "drip", "reset", "killed")
"""Every answer later; answers in small pieces; new connections reset; those that are open killed, once."""

KILLED = ("killed",)
"""Those that happen to connections which are open: something must have opened them."""

DELAY = 0.5
"""Seconds that each piece of an answer comes later."""

PIECE, PAUSE = 64, 0.02
"""Bytes of a piece of a dripping answer, and seconds between two."""


class Proxy:
    """Passes on what comes to ``target``. ``opened`` counts connections, ``passed`` bytes of answers."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.mode = ""
        self.opened = 0
        self.passed = 0
        self._target = target
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listening.getsockname()[:2]
        return str(host), int(port)

    def turn(self, mode: str) -> None:
        """From now on do this to connections; empty for nothing."""
        self.mode, self.opened, self.passed = mode, 0, 0
        if mode in ("reset", "killed"):
            for pair in tuple(self._pairs):
                for side in pair:
                    _reset(side)

    def close(self) -> None:
        """End it."""
        self._listening.close()
        self.turn("killed")

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.opened += 1
            if self.mode == "reset":
                _reset(client)
                continue
            try:
                server = socket.create_connection(self._target, timeout=5)
            except OSError:
                _reset(client)
                continue
            server.settimeout(None)
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        pair = (client, server)
        self._pairs.add(pair)
        try:
            while True:
                readable, _, _ = select.select(pair, (), ())
                for side in readable:
                    data = side.recv(65536)
                    if not data:
                        return
                    if side is client:
                        server.sendall(data)
                    else:
                        self._answer(client, data)
        except (OSError, ValueError):
            return
        finally:
            self._pairs.discard(pair)
            for side in pair:
                side.close()

    def _answer(self, client: socket.socket, data: bytes) -> None:
        self.passed += len(data)
        if self.mode == "delay":
            time.sleep(DELAY)
        if self.mode != "drip":
            client.sendall(data)
            return
        for at in range(0, len(data), PIECE):
            client.sendall(data[at : at + PIECE])
            time.sleep(PAUSE)


def _reset(side: socket.socket) -> None:
    """Close with RST (RFC 9293, 3.10.7: what was under way is lost)."""
    with suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.shutdown(socket.SHUT_RD)
    side.close()
