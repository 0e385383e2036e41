"""Gates that people describe instead of programming: ``[gates.NAME]`` of the settings, and TOML manifests."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from workbench.case.enums import PluginKind
from workbench.engine.gates.command import OUTPUTS, CommandGate, Described
from workbench.engine.plugins import Registered
from workbench.engine.services import Services
from workbench.engine.trust import MANIFESTS

IN_REPOSITORY = MANIFESTS
"""Where a repository keeps manifests of gates; the user's own lie in ``workbench/gates`` of their configuration."""


def own_gates(services: Services, taken: Collection[str]) -> list[Registered]:
    """The gates that settings and manifests describe. One that is wrong, or has the name of another, is a gate that
    says so when it runs: it is never passed over in silence."""
    found: dict[str, Registered] = {}
    for name, origin, data in _described(services):
        if name not in found:
            clash = name in taken
            made = partial(_make, name, origin, data, "there is a built-in gate of that name" if clash else "")
            shown = f"{name} ({origin})" if clash else name
            needs = tuple(map(str, data.get("needs", ()))) if isinstance(data.get("needs", ()), list) else ()
            title = str(data.get("title", " ".join(map(str, data.get("command", ()))) or "a gate of your own"))
            found[shown] = Registered(shown, PluginKind.GATE, title, "settings", origin, "", needs, (), made)
    return list(found.values())


def _described(services: Services) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, data in services.config.get("gates", {}).items():
        if isinstance(data, Mapping) and data.get("command"):
            yield name, "settings", data
    for folder in (services.repository.root / IN_REPOSITORY, _users()):
        for path in sorted(folder.glob("*.toml")):
            try:
                data = tomllib.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                yield path.stem, path.name, {"problem": f"{path.name} cannot be read: {error}"}
                continue
            if data.get("kind", "gate") == "gate":
                yield str(data.get("name", path.stem)), path.name, data


def _users() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "workbench" / "gates"


def _make(name: str, origin: str, data: Mapping[str, Any], problem: str) -> CommandGate:
    command, output = data.get("command", ()), data.get("output", "exit-code")
    if not problem:
        problem = str(data.get("problem", ""))
    if not problem and not (isinstance(command, list) and command and all(isinstance(word, str) for word in command)):
        problem = f"{origin}: command must be a list of texts"
    if not problem and output not in OUTPUTS:
        problem = f"{origin}: output is {output!r}, must be one of {', '.join(OUTPUTS)}"
    stdin = data.get("stdin", "") == "case-json"
    timeout = float(data.get("timeout", 600.0))
    return CommandGate(
        Described(name, tuple(command), str(output), timeout, stdin, str(data.get("examined", "")), problem)
    )
