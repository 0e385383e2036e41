"""Reading the settings of a repository and of its user, with the line of every mistake."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.engine.config.schema import problems

OWN = "workbench.toml"
SHARED = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something in a file of settings that cannot be used; ``line`` is 1-based, 0 where none can be named."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


@dataclass(frozen=True, slots=True)
class Config:
    """All settings as one document, the files they came from, and what in them was passed over."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        """The setting of that dotted name."""
        value: Any = self.values
        for key in name.split("."):
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value


def load(root: Path | None, chosen: Path | None = None) -> Config:
    """The settings for the repository at ``root``: the file ``chosen`` before its own, its own before the user's.

    A file that cannot be read and a setting that is wrong are mistakes; the rest holds.
    """
    layers = [(chosen, False)] if chosen else []
    if root is not None:
        layers += [(root / OWN, False)] if (root / OWN).exists() else [(root / SHARED, True)]
    layers.append((user_file(), False))
    values: dict[str, Any] = {}
    files: list[str] = []
    mistakes: list[Mistake] = []
    for path, shared in layers:
        if path.exists() or path == chosen:
            document, wrong = _read(path, shared, path.name if root and path.parent == root else str(path))
            mistakes += wrong
            if document:
                files.append(str(path))
                values = _merged(document, values)
    return Config(values, tuple(files), tuple(mistakes))


def user_file() -> Path:
    """The user's own file of settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "workbench" / "config.toml"


def _read(path: Path, shared: bool, name: str) -> tuple[dict[str, Any], list[Mistake]]:
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        return {}, [Mistake(name, 0, f"cannot be read: {error.strerror}")]
    except ValueError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        return {}, [Mistake(name, int(found[1]) if found else 0, f"is no TOML: {error}")]
    prefix: tuple[str, ...] = ()
    if shared:
        prefix = ("tool", "workbench")
        tool = document.get("tool", {})
        document = tool.get("workbench", {}) if isinstance(tool, dict) else {}
        if not isinstance(document, dict):
            return {}, [Mistake(name, line_of(text, prefix), "tool.workbench must be a table")]
    mistakes = []
    for keys, what in list(problems(document)):
        mistakes.append(Mistake(name, line_of(text, prefix + keys), what))
        _drop(document, keys)
    return document, mistakes


def line_of(text: str, keys: tuple[str, ...]) -> int:
    """The 1-based line of a TOML text on which the key reached by ``keys`` is set, 0 when it is not found.

    ``tomllib`` gives no places: tables and keys are looked up line by line, dotted or not.
    """
    best = 0
    for number, path in _keys(text):
        if path == keys:
            return number
        if path == keys[: len(path)]:
            best = number
    return best


def _keys(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            table = _dotted(header[1])
            yield number, table
        elif key := re.match(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""", line):
            yield number, table + _dotted(key[1])


def _dotted(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"""[\w-]+|"[^"]*"|'[^']*'""", text))


def _drop(document: dict[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys[:-1]:
        document = document[key]
    del document[keys[-1]]


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(under)
    for key, value in over.items():
        old = made.get(key)
        made[key] = _merged(old, value) if isinstance(value, Mapping) and isinstance(old, Mapping) else value
    return made
