"""Which files a path, a glob or a folder means, and which of them may not be read."""

from __future__ import annotations

import glob
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

DEPTH = 4
MOST = 2000
_LIKELY = ("logs", "log", "var/log")
_OFFERED = 8
_LOG_NAME = re.compile(
    r"\.(?:log|out|err|txt|jsonl?|ndjson)(?:[.-]\d[\d-]*)?(?:\.(?:gz|bz2|zst))?$|^(?:syslog|messages|auth|kern|daemon)\b|log",
    re.I,
)
_ROTATED = re.compile(r"^[.-](?:\d[\d.-]*|old|bak|prev)?(?:\.(?:gz|bz2|zst))?$")


@dataclass(frozen=True)
class FoundFiles:
    """Files to read, in order of their names; sentences about what is missing or may not be read, and on the rest."""

    files: tuple[str, ...]
    denied: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_files(location: str) -> FoundFiles:
    """The log files of a path, a glob or a folder (its log-like files, DEPTH levels deep)."""
    path = Path(location).expanduser()
    matches = (
        [str(path)] if path.exists() or not glob.has_magic(str(path)) else sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - an absolute pattern
    )
    files: list[str] = []
    denied: list[str] = []
    notes: list[str] = []
    for match in matches:
        _take(match, files, denied, notes)
    if not matches:
        denied.append(f"{location}: no file matches")
    if len(matches) == 1 and files == matches:
        notes += _beside(Path(files[0]))
    return FoundFiles(tuple(dict.fromkeys(files)), tuple(denied), tuple(notes))


def _take(match: str, files: list[str], denied: list[str], notes: list[str]) -> None:
    try:
        found = Path(match).stat()
        mode = found.st_mode
        if stat.S_ISDIR(mode):
            _take_folder(match, files, denied, notes)
        elif stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            denied.append(f"{match}: a pipe or socket is not read as a file; pass its output on standard input")
        else:
            with Path(match).open("rb"):
                files.append(match)
            if stat.S_ISREG(mode) and not found.st_size:
                notes.append(f"{match}: it is empty, which is no word on errors")
    except FileNotFoundError:
        denied.append(f"{match}: no such file")
    except PermissionError:
        denied.append(f"{match}: not allowed to read it ({_owner(match)})")
    except OSError as error:
        denied.append(f"{match}: {error.strerror or error}")


def _take_folder(folder: str, files: list[str], denied: list[str], notes: list[str]) -> None:
    def refuse(error: OSError) -> None:
        denied.append(f"{error.filename}: not allowed to look into it")

    passed = 0
    found: list[str] = []
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if Path(root).relative_to(folder).parts[DEPTH - 1 :]:
            folders.clear()
        for name in sorted(names):
            if _LOG_NAME.search(name) and not name.startswith("."):
                found.append(str(Path(root) / name))
            else:
                passed += 1
    for path in found[:MOST]:
        if Path(path).is_file():
            _take(path, files, denied, notes)
    if len(found) > MOST:
        denied.append(f"{folder}: {len(found) - MOST} log files beyond the first {MOST} were not read")
    if passed:
        notes.append(f"{folder}: {passed} files whose names are not a log's were passed over")
    if not found:
        denied.append(f"{folder}: no log file in it")


def _owner(path: str) -> str:
    try:
        status = Path(path).stat()
        return f"owner {status.st_uid}, mode {stat.S_IMODE(status.st_mode):04o}"
    except OSError:
        return "its folder is closed"


def _beside(path: Path) -> list[str]:
    """Older records of the same log that were rotated away and not asked for."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return []
    older = [
        name
        for name in names
        if name.startswith(path.name) and name != path.name and _ROTATED.match(name[len(path.name) :])
    ]
    if not older:
        return []
    shown = ", ".join(older[:3]) + (f" and {len(older) - 3} more" if len(older) > 3 else "")
    return [f"older records were rotated to {shown}, not read: give '{path}*' to read them too"]


def likely(folder: Path) -> list[str]:
    """Locations that may hold this project's logs: offered, not read."""
    offered = sorted(str(path.relative_to(folder)) for path in folder.glob("*.log"))
    offered += [name for name in _LIKELY if (folder / name).is_dir()]
    if any((folder / name).exists() for name in ("compose.yaml", "compose.yml", "docker-compose.yml")):
        offered.append("compose:SERVICE")
    return offered[:_OFFERED]
