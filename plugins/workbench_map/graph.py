"""Resolves names to functions of the repository and to the outside world. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.api import MapNode
from workbench_map.facts import Call, FileFacts, Fn
from workbench_map.functions import ASKS
from workbench_map.names import last
from workbench_map.routers import owned, settled

_COMMON = frozenset(
    """get set add save create update delete filter all first close read write open run execute send items keys values
    pop append join format split strip encode decode count copy start stop next connect check call""".split()
)
_HTTP = ("requests.", "httpx.", "urllib.request.", "aiohttp.")
_QUEUES = frozenset({"delay", "apply_async", "send_task", "basic_publish"})


@dataclass(frozen=True, slots=True)
class Place:
    """A function and the file it is in."""

    path: str
    fn: Fn

    @property
    def id(self) -> str:
        """The node id: ``path::qualname``."""
        return f"{self.path}::{self.fn.qualname}"


class Code:
    """All files' facts with what is looked up in them by name."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self.files = files
        self.places = {f"{file.module}.{fn.qualname}": Place(file.path, fn) for file in files for fn in file.functions}
        self.by_id = {place.id: place for place in self.places.values()}
        self._modules = {file.module: file for file in files}
        self.modules = {file.path: file.module for file in files}
        constants = [(f"{file.module}.{name}", text) for file in files for name, text in file.constants]
        self.mounts = settled([mount for file in files for mount in file.mounts], constants)
        self.bases = {name: bases for file in files for name, bases in file.classes}
        methods = [(place.fn.qualname, name) for name, place in self.places.items() if "." in place.fn.qualname]
        counts = Counter(last(qualname) for qualname, _ in methods)
        self.unique = {last(qualname): name for qualname, name in methods if counts[last(qualname)] == 1}
        self._tails = _unique_tails(self.places)
        self._by_path: dict[str, list[Place]] = {}
        for place in self.by_id.values():
            self._by_path.setdefault(place.path, []).append(place)

    def module(self, name: str) -> FileFacts | None:
        """The file of this module, or the only one whose name ends so and that declares routes."""
        if name in self._modules:
            return self._modules[name]
        ends = [file for file in self._modules.values() if file.routes and file.module.endswith(f".{name}")]
        return ends[0] if len(ends) == 1 else None

    def find(self, name: str) -> Place | None:
        """The function with this dotted name, or the only one whose name ends so."""
        return self.places.get(name) or self.places.get(self._tails.get(name, ""))

    def lineage(self, name: str) -> frozenset[str]:
        """Last names of a class and of all its bases as far as the repository tells."""
        seen: set[str] = set()
        todo = [name]
        while todo:
            one = last(todo.pop())
            if one not in seen:
                seen.add(one)
                todo += self.bases.get(one, ())
        return frozenset(seen)

    def classes(self, name: str) -> list[str]:
        """The dotted name of a class and of its bases, nearest first, as far as the repository tells."""
        found = [name]
        for one in found:
            bases = (owned(base, one.rpartition(".")[0]) for base in self.bases.get(last(one), ()))
            found += [base for base in bases if base not in found]
        return found

    def target(self, call: Call, place: Place) -> Place | None:
        """The function of the repository that ``call`` in ``place`` means, if names alone tell."""
        module = self.modules[place.path]
        owner = place.fn.qualname.rpartition(".")[0]
        name = call.name
        if name.startswith(("self.", "cls.")) and name.count(".") == 1 and owner:
            return self.find(f"{module}.{owner}.{last(name)}")
        found = self.find(f"{module}.{name}") or (self.find(name) if "." in name else None)
        if found or "." not in name or last(name) in _COMMON or last(name).startswith("__"):
            return found
        return self.find(self.unique.get(last(name), ""))

    def outside(self, call: Call) -> MapNode | None:
        """The table, cache, queue or host that ``call`` goes to."""
        name = call.name
        owner, _, _ = name.partition(".objects.")
        if owner != name and last(owner) in self.bases:
            return MapNode(f"table:{last(owner)}", f"table {last(owner)}", "table")
        models = [part for part in call.text.split(".") if part in self.bases] if _asks_model(name) else []
        if models:
            return MapNode(f"table:{models[-1]}", f"table {models[-1]}", "table")
        if name.startswith(("django.db.connection", "connection.cursor")):
            return MapNode("table:*", "database", "table")
        if name.startswith(("django.core.cache.cache", "cache.", "redis.")) and "." in name:
            return MapNode("cache:cache", "cache", "cache")
        if last(name) in _QUEUES:
            job = last(name.rpartition(".")[0])
            return MapNode(f"queue:{job}", f"queue {job}", "queue")
        if name.startswith(_HTTP):
            host = call.text.split("/")[2] if call.text.count("/") > 1 else name.partition(".")[0]
            return MapNode(f"host:{host}", f"host {host}", "host")
        return None

    def at(self, path: str, line: int) -> Place | None:
        """The function around a line."""
        around = [p for p in self._by_path.get(path, ()) if p.fn.line <= line <= p.fn.end_line]
        return max(around, key=lambda p: p.fn.line, default=None)

    def calls(self, place: Place) -> Iterator[tuple[Call, Place]]:
        """Calls to functions of the repository, exception classes and recursion left out."""
        for call in place.fn.calls:
            found = self.target(call, place)
            if found and found.id != place.id:
                yield call, found


def _asks_model(name: str) -> bool:
    """Whether a call of this name is SQLAlchemy's: ``select(User)``, ``session.get(User, 1)``."""
    owner, _, verb = name.rpartition(".")
    if verb in ("query", "get"):
        return last(owner).lower().endswith(("session", "db")) or owner.endswith("session")
    return verb in ASKS and owner.startswith(("sqlalchemy", "sqlmodel"))


def _unique_tails(places: dict[str, Place]) -> dict[str, str]:
    """Names without their first part or two, where they are unique: source roots that are no packages."""
    tails: dict[str, str] = {}
    for name in places:
        parts = name.split(".")
        for cut in range(1, min(3, len(parts) - 1)):
            tail = ".".join(parts[cut:])
            tails[tail] = "" if tail in tails else name
    return {tail: name for tail, name in tails.items() if name}
