"""Written with the fix: when a proposal changes models, the migration that it needs becomes part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.analysis.gate_proposals import is_migration
from workbench.api import Command, Output
from workbench.case.errors import CommandMissingError
from workbench.engine.drive import UntrustedError
from workbench.engine.services import Services

SCRIPT = Path(__file__).parent / "project" / "workbench_makemigrations.py"
TIMEOUT = 120.0

_MODELS = re.compile(r"(^|/)models(/[^/]+)?\.py$")
_COLUMNS = re.compile(r"\b(Column|mapped_column|Index)\s*\(|\bMapped\[")
_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")


def migrates(root: Path, paths: Sequence[str]) -> dict[str, str]:
    """How the migrations of the project at ``root`` are made after a change of ``paths``; empty where none is needed,
    or where the change brings its own. Reads files."""
    if any(is_migration(path) for path in paths):
        return {}
    manage, ini = root / "manage.py", root / "alembic.ini"
    if manage.is_file() and any(_MODELS.search(path) for path in paths):
        found = _SETTINGS.search(manage.read_text(encoding="utf-8", errors="replace"))
        return {"settings": found[1]} if found else {}
    files = [root / path for path in paths if path.endswith(".py")] if ini.is_file() else []
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file())
    return {"alembic": str(ini)} if any(map(_COLUMNS.search, texts)) else {}


async def migrate(services: Services, root: Path, how: dict[str, str], interpreter: str) -> str:
    """Have the migrations written into the worktree at ``root``, against a throwaway database; what is to be known."""
    folder = services.feeds.scratch()
    argv = (interpreter, str(SCRIPT), json.dumps({**how, "folder": folder}))
    env = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(root)}
    command = Command(argv, said_of, str(root), env, timeout=TIMEOUT, executes=True, writes=(str(root), folder))
    try:
        (said,) = await services.work.run(command)
    except (UntrustedError, CommandMissingError, OSError) as error:
        return f"its migration was not written: {error}"
    if said["problem"]:
        return f"its migration was not written: {said['problem']}"
    return f"with its migration: {', '.join(said['written'])}" if said["written"] else "no migration is needed"


def said_of(output: Output) -> list[Any]:
    """What the script said."""
    try:
        return [json.loads(output.stdout.decode("utf-8", "replace").strip().splitlines()[-1])]
    except (ValueError, IndexError):
        lines = output.stderr.decode("utf-8", "replace").strip().splitlines()
        return [{"written": [], "problem": lines[-1] if lines else f"exit code {output.exit_code}"}]
