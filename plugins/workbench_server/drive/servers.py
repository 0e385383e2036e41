"""Starting the servers of one side on a database of their own, and stopping them."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench_server.drive.client import Request, Where, send
from workbench_server.drive.proxies import Proxy

THROWAWAY = Path(__file__).parent.parent / "throwaway" / "workbench_throwaway.py"
PATIENCE = 30.0
"""Seconds a server may take until it answers."""

PORTS = (15_000, 32_000)
"""Below those that Linux gives to connections (ip_local_port_range, from 32768 on): none is taken before it is used."""


class StartError(Exception):
    """A server did not start; the message says which and what it said last."""


Proxied = Callable[[tuple[str, int]], Proxy]
"""Makes a proxy before an address."""


@dataclass
class Server:
    """One running process of a side."""

    process: subprocess.Popen[bytes]
    port: int


class Side:
    """Base or head: its worktree, its folder for what the servers write, its databases."""

    def __init__(self, name: str, root: str, order: Mapping[str, Any], folder: Path) -> None:
        self.name = name
        self.root = root
        self.folder = folder
        self.servers: list[Server] = []
        self.proxies: dict[str, Proxy] = {}
        self._order = order
        self._plan: Mapping[str, Any] = order["server"]
        self._databases: dict[str, str] = {}
        self._log = (folder / "server.log").open("wb")

    @property
    def ports(self) -> Sequence[Where]:
        """Where its servers listen."""
        return [server.port for server in self.servers]

    @property
    def url(self) -> str:
        """The address of its first server."""
        return f"http://127.0.0.1:{self.servers[0].port}"

    @property
    def interpreter(self) -> str:
        """The project's Python."""
        return str(self._order["interpreter"])

    @property
    def pids(self) -> list[int]:
        """Its server processes."""
        return [server.process.pid for server in self.servers]

    def database(self, alias: str) -> str:
        """The name of one of its databases, empty where it is not known."""
        return self._databases.get(alias, "")

    @property
    def settled(self) -> bool:
        """Whether a command of the user's starts the servers, so that their clock cannot be set."""
        return bool(self._plan["command"])

    def retire(self, server: Server) -> None:
        """End one server."""
        self.servers.remove(server)
        _end(server)

    def said(self) -> str:
        """What the servers wrote, for evidence and for the search for tracebacks."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def query(self, alias: str, sql: str) -> Any:
        """The first value that a query on a database of Django's gives. Raises StartError."""
        if alias not in self._databases:
            raise StartError("the database is neither an SQLite file nor one of Django's")
        return json.loads(self._throwaway("query", query=[alias, sql]))

    def prepare(self, proxied: Proxied | None = None) -> None:
        """Make the database; what servers reach over the network they reach through proxies, where ``proxied`` makes
        them. Raises StartError."""
        commands = [_filled(words, self._order["interpreter"], 0, self.folder) for words in self._plan["prepare"]]
        if self._plan["settings"]:
            told = self._throwaway("prepare", prepare=[words[2:] for words in commands if "manage.py" in words[1:2]])
            made = json.loads(told)
            self._databases = made["databases"]
            if proxied is not None:
                self.proxies = {name: proxied((host, port)) for name, (host, port) in made["addresses"].items()}
            commands = [words for words in commands if "manage.py" not in words[1:2]]
        for words in commands:
            done = subprocess.run(words, cwd=self.root, env=self.environment(), capture_output=True, check=False)
            if done.returncode:
                raise StartError(f"{self.name}: {' '.join(words)}: {_last(done.stderr)}")

    def start(self, later: float = 0.0) -> Server:
        """Start one more server. Raises StartError."""
        if self._plan["command"]:
            port = free_port()
            words = _filled(self._plan["command"], self._order["interpreter"], port, self.folder)
            process = self._popen(words, port)
        else:
            process = self._popen(self._words("serve", later=later), 0)
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise StartError(f"{self.name}: the server ended: {_last(self.said().encode())}")
            port = json.loads(line)
        server = Server(process, port)
        self.servers.append(server)
        self._wait(server)
        return server

    def stop(self) -> None:
        """End the servers and remove their database."""
        for server in self.servers:
            _end(server)
        self._log.close()
        if self._databases:
            with suppress(StartError):
                self._throwaway("finish")

    def _wait(self, server: Server) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            answer = send(server.port, Request(path=self._plan["ready"]))
            if 0 < answer.status < 500:
                return
            if server.process.poll() is not None or time.monotonic() > end:
                raise StartError(f"{self.name}: {self._plan['ready']} does not answer: {_last(self.said().encode())}")
            time.sleep(0.05)

    def _throwaway(self, what: str, **more: Any) -> bytes:
        words = self._words(what, **more)
        done = subprocess.run(words, cwd=self.root, env=self.environment(), capture_output=True, check=False)
        if done.returncode:
            raise StartError(f"{self.name}: {what}: {_last(done.stderr)}")
        return done.stdout.strip().split(b"\n")[-1]

    def _words(
        self,
        what: str,
        prepare: Sequence[Sequence[str]] = (),
        later: float = 0.0,
        query: Sequence[str] = (),
    ) -> list[str]:
        spec = {
            "root": self.root,
            "folder": str(self.folder),
            "app": self._plan["app"],
            "settings": self._plan["settings"],
            "databases": self._databases,
            "prepare": prepare,
            "later": later,
            "query": query,
            "proxies": {name: proxy.address for name, proxy in self.proxies.items()} if what == "serve" else {},
        }
        return [self._order["interpreter"], str(THROWAWAY), what, json.dumps(spec)]

    def _popen(self, words: Sequence[str], port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words, cwd=self.root, env=self.environment(port), stdout=subprocess.PIPE, stderr=self._log
        )

    def environment(self, port: int = 0) -> dict[str, str]:
        """What its processes get; where nothing stands in for another host, there is none (port 9 discards)."""
        named = {"upstream": "http://127.0.0.1:9", **self._order.get("fill", {})}
        fill = {"folder": self.folder, "port": port, **named}
        own = {key: str(value).format(**fill) for key, value in self._plan["env"].items()}
        roots = os.pathsep.join((self.root, str(Path(self.root) / "src")))
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": roots, **own}


class Remote:
    """A server on another machine: nothing is known of its inside."""

    name = "head"
    pids: Sequence[int] = ()

    def __init__(self, url: str, root: str, interpreter: str, folder: Path) -> None:
        self.url = url
        self.ports: Sequence[Where] = (url,)
        self.root = root
        self.interpreter = interpreter
        self.folder = folder

    def database(self, alias: str) -> str:
        """None that could be looked into."""
        return ""

    def query(self, alias: str, sql: str) -> Any:
        """Raises StartError."""
        raise StartError("the database of another machine is not looked into")

    def environment(self) -> dict[str, str]:
        """Ours."""
        return dict(os.environ)


@contextmanager
def both(order: Mapping[str, Any], proxied: Proxied | None = None) -> Iterator[dict[str, Side]]:
    """Base and head, prepared, with as many servers as the plan wants. Raises StartError for head; a base that does
    not start is left out."""
    with tempfile.TemporaryDirectory(prefix="workbench-server-") as folder:
        sides: dict[str, Side] = {}
        try:
            for name, root in order["sides"].items():
                own = Path(folder) / name
                own.mkdir()
                sides[name] = Side(name, root, order, own)
            for name, side in list(sides.items()):
                try:
                    side.prepare(proxied)
                    for _ in range(order["server"]["workers"]):
                        side.start()
                except StartError:
                    if name == "head":
                        raise
                    sides.pop(name).stop()
            yield sides
        finally:
            for side in sides.values():
                side.stop()


def _end(server: Server) -> None:
    server.process.terminate()
    try:
        server.process.wait(5)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def _filled(words: Sequence[str], python: str, port: int, folder: Path) -> list[str]:
    return [word.format(python=python, port=port, folder=folder) for word in words]


def free_port() -> int:
    """A port of the loopback on which nothing listens, of those that no connection is given by the system."""
    while True:
        port = random.randrange(*PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def _last(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
