"""Logs that are likely a repository's own: found by what stands around, and not read."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workbench.analysis.logs.files import likely

UNITS = Path("/etc/systemd/system")
"""Where a host keeps the units of its own services (systemd.unit(5))."""
DOCKER = Path("/var/run/docker.sock")
_COMPOSE = "compose:"


def around(root: Path, here: Path) -> tuple[str, ...]:
    """Locations as they are given for logs by who stands in the folder ``here``: log files and folders of them in
    ``root``, its compose project where docker can be asked, and the units of this host that run it. Blocking."""
    try:
        names = likely(root)
    except OSError:
        names = []
    files = [name for name in names if not name.startswith(_COMPOSE)]
    compose = [_COMPOSE] if len(files) < len(names) and root == here and _asks_docker() else []
    return (
        *(name if root == here else str(root / name) for name in files if _holds(root / name)),
        *compose,
        *_units(root),
    )


def _holds(path: Path) -> bool:
    """Whether it is a log, or a folder of some: one of code may have that name too."""
    with suppress(OSError):
        return path.is_file() or any(path.glob("*.log*"))
    return False


def _asks_docker() -> bool:
    return (DOCKER.exists() or "DOCKER_HOST" in os.environ) and shutil.which("docker") is not None


def _units(root: Path) -> Iterator[str]:
    if shutil.which("journalctl") is None:
        return
    with suppress(OSError):
        for unit in sorted(UNITS.glob("*.service")):
            with suppress(OSError, UnicodeDecodeError):
                if _runs(unit.read_text(encoding="utf-8"), root):
                    yield f"journal:{unit.name}"


def _runs(unit: str, root: Path) -> bool:
    """Whether a unit works in ``root`` or starts something that stands there."""
    keys = ("WorkingDirectory=", "ExecStart=")
    for line in unit.splitlines():
        if line.startswith(keys):
            with suppress(ValueError):
                for word in shlex.split(line.partition("=")[2]):
                    path = Path(word.lstrip("-@:+!"))
                    if path.is_absolute() and path.is_relative_to(root):
                        return True
    return False
