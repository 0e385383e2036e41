"""Trust: which repositories a person allowed to be executed, kept in their data folder."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DEFINING = ("workbench.toml", "pyproject.toml")
"""Files at a repository's root that may define commands, the first that is there; of the second, its own table."""

MANIFESTS = Path(".workbench")
"""Where a repository keeps manifests, in a folder for each kind; each has a command."""

DESCRIBED = ("log_sources", "log_formats", "analyzers", "runners", "fixers", "gates")
"""The kinds of plugin that a manifest may describe."""

EXECUTED = ("command", "cmd", "follow", "prepare", "python", "environment", "benchmark", "locustfile")
"""Keys whose values are run."""

_UNREADABLE = ("?",)

Commands = Sequence[Sequence[str]]


class Trust:
    """Answers by repository path. A grant holds for the commands that the repository defined then: when one of them
    changes, or comes or goes, the answer is no again."""

    def __init__(self, data: Path) -> None:
        self._file = data / "trust.json"

    def is_trusted(self, root: Path, commands: Commands | None = None) -> bool:
        """Whether code of the repository at ``root`` may run. ``commands`` are those that it defines, read from it
        unless given."""
        return self._read().get(_key(root)) == _digest(root, commands)

    def grant(self, root: Path, commands: Commands | None = None) -> None:
        """Trust it, with the commands that were shown to the person. Raises OSError when it cannot be kept."""
        with self._changing() as answers:
            answers[_key(root)] = _digest(root, commands)

    def revoke(self, root: Path) -> None:
        """Trust it no longer. Raises OSError."""
        with self._changing() as answers:
            answers.pop(_key(root), None)

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}

    @contextmanager
    def _changing(self) -> Iterator[dict[str, str]]:
        """One program at a time; the file is replaced as a whole."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            answers = self._read()
            yield answers
            beside = self._file.with_suffix(".new")
            beside.write_text(json.dumps(answers, indent=2, sort_keys=True), encoding="utf-8")
            beside.chmod(0o600)
            beside.replace(self._file)


def defined_commands(root: Path) -> tuple[tuple[str, ...], ...]:
    """The commands that the repository at ``root`` defines, to be shown in the question: whatever stands under one of
    :data:`EXECUTED`, as words. A file that cannot be read gives ``("?", name)``."""
    return (*_of_settings(root), *_of_manifests(root))


def _of_manifests(root: Path) -> Iterator[tuple[str, ...]]:
    for path in sorted(path for kind in DESCRIBED for path in (root / MANIFESTS / kind).glob("*.toml")):
        try:
            yield from _commands_in(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            yield (*_UNREADABLE, path.name)


def _of_settings(root: Path) -> tuple[tuple[str, ...], ...]:
    for name in DEFINING:
        try:
            document = tomllib.loads((root / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            return ((*_UNREADABLE, name),)
        if name != DEFINING[0]:
            tool = document.get("tool", {})
            document = tool.get("workbench", {}) if isinstance(tool, dict) else {}
        return tuple(_commands_in(document))
    return ()


def _commands_in(value: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in EXECUTED:
                yield from _as_commands(inner)
            else:
                yield from _commands_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _commands_in(inner)


def _as_commands(value: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(value, list) and value and all(isinstance(each, list) for each in value):
        for each in value:
            yield from _as_commands(each)
    else:
        yield tuple(str(word) for word in value) if isinstance(value, list) else (str(value),)


def _key(root: Path) -> str:
    return os.fsencode(root.resolve()).decode("utf-8", "backslashreplace")


def _digest(root: Path, commands: Commands | None) -> str:
    defined = defined_commands(root) if commands is None else commands
    text = json.dumps(sorted(list(command) for command in defined))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
