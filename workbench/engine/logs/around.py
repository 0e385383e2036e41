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
    return tuple(dict.fromkeys([*_files(root, here), *_compose(root, here), *_units(root)]))


def _files(root: Path, here: Path) -> Iterator[str]:
    with suppress(OSError):
        for name in likely(root):
            path = root / name
            if not name.startswith(_COMPOSE) and (path.is_file() or any(path.glob("*.log*"))):
                yield name if root == here else str(path)


def _compose(root: Path, here: Path) -> Iterator[str]:
    reachable = DOCKER.exists() or "DOCKER_HOST" in os.environ
    if (
        root == here
        and reachable
        and shutil.which("docker")
        and any(name.startswith(_COMPOSE) for name in likely(root))
    ):
        yield _COMPOSE


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
