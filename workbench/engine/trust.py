"""Trust: which repositories a person allowed to be executed, kept in their data folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path


class Trust:
    """Answers by repository path. A grant holds for the commands that the repository defined then."""

    def __init__(self, data: Path) -> None:
        self._file = data / "trust.json"

    def is_trusted(self, root: Path, commands: Sequence[Sequence[str]] = ()) -> bool:
        """Whether code of the repository at ``root`` may run, with the ``commands`` that it defines."""
        return self._read().get(str(root)) == _digest(commands)

    def grant(self, root: Path, commands: Sequence[Sequence[str]] = ()) -> None:
        """Trust it. Raises OSError when the answer cannot be kept."""
        self._write({**self._read(), str(root): _digest(commands)})

    def revoke(self, root: Path) -> None:
        """Trust it no longer. Raises OSError."""
        self._write({key: value for key, value in self._read().items() if key != str(root)})

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}

    def _write(self, answers: dict[str, str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._file.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(answers, indent=2, sort_keys=True), encoding="utf-8")
        beside.replace(self._file)


def _digest(commands: Sequence[Sequence[str]]) -> str:
    text = json.dumps(sorted(list(command) for command in commands))
    return hashlib.sha256(text.encode()).hexdigest()
