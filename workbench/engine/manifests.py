"""What people describe in TOML instead of programming: tables of the settings, and manifests in folders."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workbench.engine.config.read import Config, line_of
from workbench.engine.config.schema import problems
from workbench.engine.trust import MANIFESTS

OWN_KEYS = ("kind", "name", "schema")
"""Keys that a manifest has and a table of the settings has not."""


class Manifest(NamedTuple):
    """One description: its name, where it stands, what it says (``problem``: why it cannot be used)."""

    name: str
    origin: str
    data: Mapping[str, Any]


def manifests(config: Config, root: Path | None, kind: str) -> Iterator[Manifest]:
    """The descriptions of a ``kind`` (``gate``, ``log_source``): ``[KINDs.NAME]`` of the settings with a command or a
    header, then files of the repository (``.workbench/KINDs``) and of the user (``workbench/KINDs`` of their
    configuration)."""
    folder = f"{kind}s"
    for name, data in config.get(folder, {}).items():
        if isinstance(data, Mapping) and (data.get("command") or data.get("header")):
            yield Manifest(name, "settings", data)
    for place in (*((root / MANIFESTS / folder,) if root else ()), _users() / folder):
        for path in sorted(place.glob("*.toml")):
            made = _read(path, kind)
            if made.data.get("kind", kind) == kind:
                yield made


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


def _read(path: Path, kind: str) -> Manifest:
    """One file; its first mistake is named with its line."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, ValueError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        where = f"{path.name}:{found[1]}" if found else path.name
        return Manifest(path.stem, path.name, {"problem": f"{where} cannot be read: {error}"})
    name = str(data.get("name", path.stem))
    told = {key: value for key, value in data.items() if key not in OWN_KEYS}
    for keys, what in problems({f"{kind}s": {"it": told}}):
        said = what.replace(f"{kind}s.it.", "")
        data = {**data, "problem": f"{path.name}:{line_of(text, keys[2:])}: {said}"}
        break
    return Manifest(name, path.name, data)


def _users() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "workbench"
