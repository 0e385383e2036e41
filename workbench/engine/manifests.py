"""What people describe in TOML instead of programming: tables of the settings, and manifests in folders."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workbench.engine.services import Services
from workbench.engine.trust import MANIFESTS


class Manifest(NamedTuple):
    """One description: its name, where it stands, what it says (``problem`` where it cannot be read)."""

    name: str
    origin: str
    data: Mapping[str, Any]


def manifests(services: Services, kind: str) -> Iterator[Manifest]:
    """The descriptions of a ``kind`` (gate, fixer): ``[KINDs.NAME]`` of the settings with a command, then files of the
    repository (``.workbench/KINDs``) and of the user (``workbench/KINDs`` of their configuration). Reads files."""
    folder = f"{kind}s"
    for name, data in services.config.get(folder, {}).items():
        if isinstance(data, Mapping) and data.get("command"):
            yield Manifest(name, "settings", data)
    for place in (services.repository.root / MANIFESTS / folder, _users() / folder):
        for path in sorted(place.glob("*.toml")):
            try:
                data = tomllib.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                yield Manifest(path.stem, path.name, {"problem": f"{path.name} cannot be read: {error}"})
                continue
            if data.get("kind", kind) == kind:
                yield Manifest(str(data.get("name", path.stem)), path.name, data)


def command_of(manifest: Manifest, outputs: tuple[str, ...], default: str) -> tuple[tuple[str, ...], str]:
    """The command of a manifest, and what is wrong with it or its ``output`` ("" when nothing is)."""
    command, output = manifest.data.get("command", ()), manifest.data.get("output", default)
    if manifest.data.get("problem"):
        return (), str(manifest.data["problem"])
    if not (isinstance(command, list) and command and all(isinstance(word, str) for word in command)):
        return (), f"{manifest.origin}: command must be a list of texts"
    if output not in outputs:
        return (), f"{manifest.origin}: output is {output!r}, must be one of {', '.join(outputs)}"
    return tuple(command), ""


def _users() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "workbench"
