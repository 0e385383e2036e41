"""Finding playbooks: the repository's own once it is trusted, the user's, the built-in ones; the first wins."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.analysis.playbooks import PlaybookError, parse_playbook
from workbench.case.playbook import Playbook, chosen
from workbench.engine.plugins import Registered

IN_REPOSITORY = ".workbench/playbooks"
"""Where a repository keeps its own."""

LIMIT = 100_000
"""Bytes of a playbook at most."""


def playbooks(root: Path, trusted: bool) -> tuple[dict[str, Playbook], tuple[str, ...]]:
    """Every playbook by name, and what is wrong with those that could not be read. Reads files."""
    found: dict[str, Playbook] = {}
    wrong: list[str] = []
    for folder, where in _folders(root, trusted):
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            origin = f"{where} {file.name}" if where != "built in" else where
            try:
                text = file.read_bytes()[:LIMIT].decode("utf-8")
                found.setdefault(file.stem, parse_playbook(file.stem, text, origin))
            except (OSError, ValueError) as error:
                wrong.append(str(error))
    return found, tuple(wrong)


def find_playbook(name: str, root: Path, trusted: bool) -> Playbook:
    """The playbook of that name. Raises PlaybookError, which names those that there are."""
    found, wrong = playbooks(root, trusted)
    if name in found:
        return found[name]
    kept = "" if trusted or not (root / IN_REPOSITORY / f"{name}.toml").is_file() else " (the repository's: --trust)"
    said = f"; could not be read: {'; '.join(wrong)}" if wrong else ""
    raise PlaybookError(f"no playbook {name}{kept}; there are {', '.join(sorted(found))}{said}")


def choose(plugins: Sequence[Registered], patterns: Sequence[str]) -> list[Registered]:
    """Those of ``plugins`` that a playbook's ``patterns`` choose."""
    return [plugin for plugin in plugins if chosen(plugin.name, patterns)]


def _folders(root: Path, trusted: bool) -> Iterator[tuple[Path, str]]:
    if trusted:
        yield root / IN_REPOSITORY, IN_REPOSITORY
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    yield Path(home) / "workbench" / "playbooks", "your"
    yield Path(__file__).parent.parent / "playbooks", "built in"
