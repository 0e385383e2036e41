"""Finding and loading plugins, at three grains: names without an import, one, all."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Any

import pluggy

from workbench import api
from workbench.case.enums import PluginKind
from workbench.engine.process.commands import find_tool

GROUP = "workbench.plugins"
PROTOCOLS = "workbench.protocols"
OWN = "bug-workbench"

_HOOKS = {
    PluginKind.LOG_SOURCE: "register_log_sources",
    PluginKind.LOG_FORMAT: "register_log_formats",
    PluginKind.ANALYZER: "register_analyzers",
    PluginKind.RUNNER: "register_runners",
    PluginKind.FIXER: "register_fixers",
    PluginKind.GATE: "register_gates",
}


@dataclass(frozen=True)
class Registered:
    """One announced plugin. ``package`` is the entry point it came by; ``make`` builds it once, when first needed."""

    name: str
    kind: PluginKind
    title: str
    package: str
    distribution: str
    version: str
    needs: tuple[str, ...]
    after: tuple[str, ...]
    factory: Callable[[], Any]
    _made: list[Any] = field(default_factory=list)

    def make(self) -> Any:
        """The plugin object. Whatever the factory raises rises."""
        if not self._made:
            self._made.append(self.factory())
        return self._made[0]


@dataclass(frozen=True)
class Package:
    """One entry point or description: what it registered, how long its import took (seconds), or the traceback of its
    failure."""

    name: str
    distribution: str
    version: str
    registered: tuple[Registered, ...] = ()
    seconds: float = 0.0
    error: str = ""


Names = Collection[tuple[PluginKind, str]]


class Plugins:
    """The plugins that are installed, and those that ``described`` reads, which is told the names that are taken.
    ``only_own`` (``--safe``) leaves third parties' unloaded."""

    def __init__(self, only_own: bool = False, described: Callable[[Names], Sequence[Package]] | None = None) -> None:
        self._described = described
        self._points = {point.name: point for point in _points(only_own)}
        self._packages: dict[str, Package] = {}

    def names(self) -> tuple[str, ...]:
        """The packages' names; nothing is imported."""
        return tuple(sorted(self._points))

    def package(self, name: str) -> Package:
        """One package, loaded. A package that fails to load is a Package with its ``error``, never an exception."""
        if name not in self._packages:
            self._packages[name] = _load(self._points[name])
        return self._packages[name]

    def packages(self) -> tuple[Package, ...]:
        """Every package, loaded; the described ones are read anew."""
        installed = tuple(self.package(name) for name in self.names())
        if self._described is None:
            return installed
        taken = {(plugin.kind, plugin.name) for package in installed for plugin in package.registered}
        return (*installed, *self._described(taken))

    def of(self, kind: PluginKind) -> tuple[Registered, ...]:
        """Every plugin of ``kind``, by name."""
        found = [item for package in self.packages() for item in package.registered if item.kind is kind]
        return tuple(sorted(found, key=lambda item: item.name))


def protocol(name: str) -> Callable[..., Any]:
    """What makes a fixer of a program that speaks the protocol ``name``: called with the fixer's name, title, command,
    the folders that it may write to, and its description. Raises KeyError where nothing speaks it."""
    speaker: Callable[..., Any] = metadata.entry_points(group=PROTOCOLS)[name].load()
    return speaker


def missing(needs: Sequence[str], root: Path, given: Collection[str] | None = None) -> tuple[str, ...]:
    """Which of ``needs`` are not there, as a person reads it. Commands are searched on PATH outside ``root`` only.

    ``given`` are the kinds of input that the question brings; None where there is no question.
    """
    return tuple(text for need in needs if (text := _missing(need, root, given)))


def _missing(need: str, root: Path, given: Collection[str] | None) -> str:
    kind, _, name = need.partition(":")
    if kind == "command":
        return "" if find_tool(name, str(root)) else f"{name} missing"
    if kind == "import":
        return "" if importlib.util.find_spec(name) else f"python package {name} missing"
    if kind == "file":
        return "" if (root / name).exists() else f"no {name} in the repository"
    if kind == "input":
        return "" if given is None or name in given else f"no --{name} given"
    return f"unknown need {need}"


def _points(only_own: bool) -> Iterator[metadata.EntryPoint]:
    for point in metadata.entry_points(group=GROUP):
        if not only_own or _told(point.dist)[0] == OWN:
            yield point


@lru_cache(maxsize=64)
def _told(found: metadata.Distribution | None) -> tuple[str, str]:
    """Name and version. Either is read from the whole of its metadata each time, and ours has many entry points."""
    return (found.name, found.version) if found is not None else ("", "")


def _load(point: metadata.EntryPoint) -> Package:
    distribution, version = _told(point.dist)
    started = perf_counter()
    try:
        registered = tuple(_register(point, distribution, version))
    except (Exception, SystemExit):  # noqa: BLE001 - the plugin seam: a plugin that fails is a row with its traceback
        return Package(point.name, distribution, version, (), perf_counter() - started, traceback.format_exc())
    return Package(point.name, distribution, version, registered, perf_counter() - started)


def _register(point: metadata.EntryPoint, distribution: str, version: str) -> list[Registered]:
    manager = pluggy.PluginManager("workbench")
    manager.add_hookspecs(api)
    manager.register(point.load())
    found: list[Registered] = []
    for kind, hook in _HOOKS.items():

        def register(
            name: str,
            factory: Callable[[], Any],
            *,
            title: str,
            needs: Sequence[str] = (),
            after: Sequence[str] = (),
            kind: PluginKind = kind,
        ) -> None:
            found.append(
                Registered(name, kind, title, point.name, distribution, version, tuple(needs), tuple(after), factory)
            )

        getattr(manager.hook, hook)(register=register)
    return found
