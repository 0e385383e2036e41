"""The tree of living processes, as Linux shows it in ``/proc``; elsewhere it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def descendants(root: int) -> dict[int, int]:
    """The processes below ``root``, itself left out, each with its process group."""
    children: dict[int, list[int]] = {}
    groups: dict[int, int] = {}
    for pid, parent, group in _living():
        children.setdefault(parent, []).append(pid)
        groups[pid] = group
    found: dict[int, int] = {}
    waiting = [root]
    while waiting:
        fresh = [pid for pid in children.get(waiting.pop(), ()) if pid not in found]
        found.update({pid: groups[pid] for pid in fresh})
        waiting.extend(fresh)
    return found


def _living() -> Iterator[tuple[int, int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, group = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if state != b"Z":
            yield int(folder.name), int(parent), int(group)
