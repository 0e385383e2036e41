"""What a server process holds: memory, threads, handles, connections. Read from /proc (Linux)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
"""Bytes of a page, as /proc counts them on the machines that have it."""


@dataclass(frozen=True, slots=True)
class Held:
    """Sums over the processes of one side."""

    memory: int
    threads: int
    handles: int


def held(pids: Sequence[int]) -> Held | None:
    """What the processes hold now; None where that cannot be told."""
    memory = threads = handles = 0
    for pid in pids:
        folder = Path("/proc") / str(pid)
        try:
            memory += int((folder / "statm").read_text().split()[1]) * PAGE
            status = dict(_lines(folder / "status"))
            threads += int(status["Threads"])
            handles += sum(1 for _ in (folder / "fd").iterdir())
        except (OSError, KeyError, ValueError):
            return None
    return Held(memory, threads, handles)


def _lines(path: Path) -> Sequence[tuple[str, str]]:
    pairs = (line.partition(":") for line in path.read_text().splitlines())
    return [(name, value.strip()) for name, _, value in pairs]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie, by nearest rank. ``values`` must not be empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def counted(statuses: Sequence[tuple[int, str]]) -> Mapping[str, int]:
    """Answers by what they mean: ``good``, ``refused`` (an intended 4xx), ``failed`` (500), ``unavailable`` (another
    5xx), ``timeout``, ``lost`` (no answer at all)."""
    found: dict[str, int] = dict.fromkeys(("good", "refused", "failed", "unavailable", "timeout", "lost"), 0)
    for status, error in statuses:
        found[_meaning(status, error)] += 1
    return found


def _meaning(status: int, error: str) -> str:
    if status == 0:
        return "timeout" if error == "timeout" else "lost"
    if status < 400:
        return "good"
    if status < 500:
        return "refused"
    return "failed" if status == 500 else "unavailable"
