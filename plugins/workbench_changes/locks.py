"""Versions of libraries in the lock files of Python, JavaScript, Go, Rust and Ruby. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

_PINNED = re.compile(r"^\s*(?P<name>[\w.-]+)(?:\[[^]]*\])?\s*[=~]=+\s*(?P<version>[^\s;#\\]+)", re.M)
_YARN = re.compile(r"^\"?(?P<name>(?:@[\w.-]+/)?[\w.-]+)@[^\n]*:\n\s+version:? \"?(?P<version>[^\s\"]+)", re.M)
_GO = re.compile(r"^\s*(?:require\s+)?(?P<name>[\w./-]+\.[\w./-]+)\s+(?P<version>v[\w.+-]+)", re.M)
_GEM = re.compile(r"^    (?P<name>[\w.-]+) \((?P<version>[^)=~<> ]+)\)$", re.M)


def versions(path: str, text: str) -> dict[str, str]:
    """Name to version; empty for a file that says none or cannot be read."""
    name = path.rpartition("/")[2]
    try:
        if name in ("poetry.lock", "uv.lock", "pdm.lock", "Cargo.lock"):
            return {each["name"]: str(each.get("version", "")) for each in tomllib.loads(text).get("package", [])}
        if name in ("Pipfile.lock", "package-lock.json"):
            return _json(json.loads(text)) if text else {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    shapes = {"yarn.lock": _YARN, "go.mod": _GO, "go.sum": None, "Gemfile.lock": _GEM}
    shape = shapes.get(name, _PINNED)
    return {match["name"]: match["version"] for match in shape.finditer(text)} if shape else {}


def _json(data: Any) -> dict[str, str]:
    found = {
        name.rpartition("node_modules/")[2]: str(each.get("version", ""))
        for name, each in (data.get("packages") or data.get("dependencies") or {}).items()
        if name
    }
    for group in ("default", "develop"):
        found |= {name: str(each.get("version", "")).lstrip("=") for name, each in (data.get(group) or {}).items()}
    return found
