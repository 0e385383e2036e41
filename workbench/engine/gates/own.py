"""Gates that people describe instead of programming: ``[gates.NAME]`` of the settings, and TOML manifests."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from workbench.case.enums import PluginKind
from workbench.engine.gates.command import OUTPUTS, CommandGate, Described
from workbench.engine.manifests import Manifest, command_of, manifests
from workbench.engine.plugins import Registered
from workbench.engine.services import Services


def own_gates(services: Services, taken: Collection[str]) -> list[Registered]:
    """The gates that settings and manifests describe. One that is wrong, or has the name of another, is a gate that
    says so when it runs: it is never passed over in silence."""
    found: dict[str, Registered] = {}
    for manifest in manifests(services, "gate"):
        name, origin, data = manifest
        if name not in found:
            clash = name in taken
            made = partial(_make, manifest, "there is a built-in gate of that name" if clash else "")
            shown = f"{name} ({origin})" if clash else name
            needs = tuple(map(str, data.get("needs", ()))) if isinstance(data.get("needs", ()), list) else ()
            title = str(data.get("title", " ".join(map(str, data.get("command", ()))) or "a gate of your own"))
            found[shown] = Registered(shown, PluginKind.GATE, title, "settings", origin, "", needs, (), made)
    return list(found.values())


def _make(manifest: Manifest, problem: str) -> CommandGate:
    data = manifest.data
    command, wrong = command_of(manifest, OUTPUTS, "exit-code")
    stdin = data.get("stdin", "") == "case-json"
    timeout, output = float(data.get("timeout", 600.0)), str(data.get("output", "exit-code"))
    examined = str(data.get("examined", ""))
    return CommandGate(Described(manifest.name, command, output, timeout, stdin, examined, problem or wrong))
