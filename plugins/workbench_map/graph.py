"""Resolves names to functions of the repository and to the outside world. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from workbench.api import MapNode
from workbench_map.facts import Call, FileFacts, Fn
from workbench_map.models import models_of
from workbench_map.names import last
from workbench_map.outside import outside
from workbench_map.routers import owned, settled

_COMMON = frozenset(
    """get set add save create update delete filter all first close read write open run execute send items keys values
    pop append join format split strip encode decode count copy start stop next connect check call""".split()
)
_COMMAND = ".Command.handle"
_STEPS = 6
"""Attributes of attributes that are followed."""


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
        reads = [(qualname, name) for qualname, name in methods if self.places[name].fn.read]
        self.properties = {last(qualname): name for qualname, name in reads if counts[last(qualname)] == 1}
        self.bodies = {f"{file.module}.{fn.qualname}": Place(file.path, fn) for file in files for fn in file.bodies}
        self.kinds = {f"{file.module}.{name}": kind for file in files for name, kind in file.kinds if kind}
        self.models = models_of(files)
        handles = [
            (name.removesuffix(_COMMAND), place) for name, place in self.places.items() if name.endswith(_COMMAND)
        ]
        self.commands = {last(name): place for name, place in handles}
        self._tails, self._kind_tails = _unique_tails(self.places), _unique_tails(self.kinds)
        self._body_tails = _unique_tails(self.bodies)
        self.actions: dict[str, list[Place]] = {}
        for place in self.places.values():
            if place.fn.action:
                self.actions.setdefault(place.fn.qualname.rpartition(".")[0], []).append(place)
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

    def body(self, name: str) -> Place | None:
        """What the class with this dotted name declares, or the only one whose name ends so."""
        return self.bodies.get(name) or self.bodies.get(self._body_tails.get(name, ""))

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
        module, name = self.modules[place.path], self.named(call.name, place)
        first, _, rest = name.partition(".")
        if first in ("self", "cls", "super") and rest and "." not in rest:
            owner = f"{module}.{place.fn.qualname.rpartition('.')[0]}"
            return self._method(self.classes(owner)[first == "super" :], rest)
        if last(name) == "call_command":
            return self.commands.get(call.text)
        found = self.find(f"{module}.{name}") or (self.find(name) if "." in name else None)
        if found or "." not in name:
            return found
        owner = name.rpartition(".")[0]
        if last(owner) in self.bases:
            return self._method(self.classes(owned(owner, module)), last(name))
        if name != call.name or last(name) in _COMMON or last(name).startswith("__"):
            return None
        return self.find(self.unique.get(last(name), ""))

    def named(self, name: str, place: Place) -> str:
        """``name`` with the variables and attributes in it put as their classes, as far as the repository says."""
        first, *rest = name.split(".")
        if not rest:
            return name
        module = self.modules[place.path]
        kind = place.fn.qualname.rpartition(".")[0] if first in ("self", "cls") else ""
        known = f"{module}.{kind}" if kind else self._kind(f"{module}.{first}")
        for _ in range(_STEPS):
            if known or len(rest) < 2:
                break
            first, rest = f"{first}.{rest[0]}", rest[1:]
            known = self._kind(first)
        before = ""
        while known and len(rest) > 1 and known != before:
            before, attribute = known, rest[0]
            inner = next((one for owner in self.classes(known) if (one := self._kind(f"{owner}.{attribute}"))), "")
            if not inner:
                break
            known, rest, kind = inner, rest[1:], ""
        return name if not known or kind else ".".join([known, *rest])

    def _kind(self, name: str) -> str:
        """Of which class ``name`` is; what is another's attribute is of the class of that one."""
        for _ in range(_STEPS):
            kind = self._said(name)
            inner = self._said(kind) if kind else ""
            if not inner:
                return kind
            name = kind
        return ""

    def _said(self, name: str) -> str:
        return self.kinds.get(name) or self.kinds.get(self._kind_tails.get(name, ""), "")

    def _method(self, owners: Sequence[str], name: str) -> Place | None:
        return next((found for owner in owners if (found := self.find(f"{owner}.{name}"))), None)

    def _properties(self, call: Call, place: Place) -> Iterator[Place]:
        """The properties that are read on the way to what is called: ``self.repo.find()``."""
        known, steps = self._start(call.name, place)
        for step in steps:
            inner = [f"{owner}.{step}" for owner in self.classes(known)] if known else [self.properties.get(step, "")]
            said = next((one for name in inner if (one := self._said(name))), "")
            handed = (said, f"{self._said(said.rpartition('.')[0])}.{last(said)}", self.properties.get(last(said), ""))
            found = next((there for name in (*inner, *handed) if name and (there := self.find(name))), None)
            if found and found.fn.read:
                yield found
            known = next((kind for name in inner if (kind := self._kind(name))), "")

    def _start(self, name: str, place: Place) -> tuple[str, list[str]]:
        """The class that a dotted name begins with, and the attributes up to what is called."""
        parts = name.split(".")
        module = self.modules[place.path]
        if parts[0] in ("self", "cls"):
            return f"{module}.{place.fn.qualname.rpartition('.')[0]}", parts[1:-1]
        if known := self._kind(f"{module}.{parts[0]}"):
            return known, parts[1:-1]
        at = next((at for at, part in enumerate(parts[:-1], 1) if part in self.bases), 0)
        return (".".join(parts[:at]), parts[at:-1]) if at else ("", parts[1:-1])

    def outside(self, call: Call, place: Place) -> Iterator[MapNode]:
        """The tables, caches, queues and hosts that ``call`` in ``place`` goes to."""
        return outside(call, self.named(call.name, place), self.models)

    def at(self, path: str, line: int) -> Place | None:
        """The function around a line."""
        around = [p for p in self._by_path.get(path, ()) if p.fn.line <= line <= p.fn.end_line]
        return max(around, key=lambda p: p.fn.line, default=None)

    def calls(self, place: Place) -> Iterator[tuple[Call, Place]]:
        """Calls to functions of the repository, exception classes and recursion left out."""
        for call in place.fn.calls:
            for found in (self.target(call, place), *self._properties(call, place)):
                if found and found.id != place.id:
                    yield call, found


def _unique_tails(places: Collection[str]) -> dict[str, str]:
    """Names without their first part or two, where they are unique: source roots that are no packages."""
    tails: dict[str, str] = {}
    for name in places:
        parts = name.split(".")
        for cut in range(1, min(3, len(parts) - 1)):
            tail = ".".join(parts[cut:])
            tails[tail] = "" if tail in tails else name
    return {tail: name for tail, name in tails.items() if name}
