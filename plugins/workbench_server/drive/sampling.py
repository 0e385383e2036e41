"""What a server process holds: memory, threads, handles, connections. Read from /proc (Linux)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
"""Bytes of a page, as /proc counts them on the machines that have it."""

EVERY = 0.2
"""Seconds between two looks at a server under load."""

_LISTENS, _OPEN = "0A", ("01", "08")
"""States of /proc/net/tcp: listening; established, and closed by the other side alone."""


@dataclass(frozen=True, slots=True)
class Held:
    """Sums over the processes of one side. ``connections`` are TCP connections that they opened themselves (to a
    database, a cache, another host), not those of their clients."""

    memory: int
    threads: int
    handles: int
    connections: int

    def most(self, other: Held) -> Held:
        """Of each the higher one."""
        pairs = zip(_values(self), _values(other), strict=True)
        return Held(*(max(pair) for pair in pairs))


def held(pids: Sequence[int]) -> Held | None:
    """What the processes hold now; None where that cannot be told."""
    memory = threads = handles = connections = 0
    for pid in pids:
        folder = Path("/proc") / str(pid)
        try:
            memory += int((folder / "statm").read_text().split()[1]) * PAGE
            status = dict(_lines(folder / "status"))
            threads += int(status["Threads"])
            open_ = [_target(entry) for entry in (folder / "fd").iterdir()]
            handles += len(open_)
            connections += _connections(folder / "net", frozenset(open_))
        except (OSError, KeyError, ValueError, IndexError):
            return None
    return Held(memory, threads, handles, connections)


class Watch:
    """The most that processes hold, looked at every now and then while it is entered."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most: Held | None = None

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            now = held(self._pids)
            if now is not None:
                self.most = now.most(self.most) if self.most is not None else now
            if self._over.wait(EVERY):
                return


def _values(each: Held) -> tuple[int, int, int, int]:
    return each.memory, each.threads, each.handles, each.connections


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


def _connections(net: Path, open_: frozenset[str]) -> int:
    own = [row for row in _sockets(net) if f"socket:[{row[2]}]" in open_]
    served = {port for port, state, _ in own if state == _LISTENS}
    return sum(state in _OPEN and port not in served for port, state, _ in own)


def _sockets(net: Path) -> Iterator[tuple[str, str, str]]:
    """(local port in hexadecimal, state, inode) of each TCP socket of the network namespace."""
    for name in ("tcp", "tcp6"):
        path = net / name
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            words = line.split()
            yield words[1].rpartition(":")[2], words[3], words[9]


def _lines(path: Path) -> Sequence[tuple[str, str]]:
    pairs = (line.partition(":") for line in path.read_text().splitlines())
    return [(name, value.strip()) for name, _, value in pairs]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie, by nearest rank. ``values`` must not be empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def counted(statuses: Sequence[tuple[int, str]]) -> Mapping[str, int]:
    """Answers by what they mean: ``good``, ``refused`` (an intended 4xx), ``failed`` (500), ``unavailable`` (another
    5xx), ``timeout``, ``lost`` (no answer at all), ``wrong`` (answered, and not as a check of a scenario wants it)."""
    names = ("good", "refused", "failed", "unavailable", "timeout", "lost", "wrong")
    found: dict[str, int] = dict.fromkeys(names, 0)
    for status, error in statuses:
        found[_meaning(status, error)] += 1
    return found


def _meaning(status: int, error: str) -> str:
    if status == 0:
        return "timeout" if error == "timeout" else "lost"
    if status < 400:
        return "wrong" if error else "good"
    if status < 500:
        return "refused"
    return "failed" if status == 500 else "unavailable"
