"""Fixers that people describe instead of programming: programs that give a patch, and agents that speak a protocol."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from workbench.case.enums import PluginKind
from workbench.engine.manifests import Manifest, command_of, manifests
from workbench.engine.plugins import Registered
from workbench.engine.proposals.command import OUTPUTS, CommandFixer, Described, FixerOutputError
from workbench.engine.services import Services


def own_fixers(services: Services, taken: Collection[str]) -> list[Registered]:
    """The fixers that settings and manifests describe; one that is wrong says so when it is asked. Reads files."""
    found: dict[str, Registered] = {}
    for manifest in manifests(services, "fixer"):
        if manifest.name in taken:
            wrong = {"problem": f"{manifest.origin}: there is a built-in fixer {manifest.name}"}
            manifest = Manifest(f"{manifest.name} ({manifest.origin})", manifest.origin, wrong)
        name, origin, data = manifest
        title = str(data.get("title", "an agent" if data.get("protocol") else "a fixer of your own"))
        make = partial(_make, services, manifest, title)
        found.setdefault(name, Registered(name, PluginKind.FIXER, title, "settings", origin, "", (), (), make))
    return list(found.values())


def _make(services: Services, manifest: Manifest, title: str) -> Any:
    """The fixer. Raises FixerOutputError for a description that is wrong."""
    data = manifest.data
    command, problem = command_of(manifest, OUTPUTS, "patch")
    if problem:
        raise FixerOutputError(problem)
    writes = tuple(str(Path(each).expanduser()) for each in data.get("writes", ()))
    if protocol := str(data.get("protocol", "")):
        try:
            speaker = services.plugins.protocol(protocol)
        except KeyError as unknown:
            raise FixerOutputError(f"{manifest.origin}: nothing here speaks {unknown}") from unknown
        return speaker(manifest.name, title, command, writes, dict(data))
    timeout, stdin = float(data.get("timeout", 600.0)), data.get("stdin", "") == "case-json"
    rules = tuple(map(str, data.get("rules", ())))
    return CommandFixer(Described(manifest.name, title, command, timeout, stdin, rules, writes))
