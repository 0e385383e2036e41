"""Which file system a folder is on. SQLite's write-ahead log needs memory shared by all who open the file."""

from __future__ import annotations

import re
from pathlib import Path

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "ncpfs", "virtiofs"}
)
_NETWORK_FUSE = frozenset({"sshfs", "glusterfs", "s3fs", "rclone", "davfs2", "ceph-fuse", "gcsfuse", "juicefs"})
_MOUNTS = Path("/proc/self/mounts")


def filesystem(folder: Path, mounts: str | None = None) -> str:
    """The type of the file system that ``folder`` is on, empty where it cannot be told.

    ``mounts`` is a table in the form of Linux' /proc/self/mounts; the machine's own when it is None.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
    real = str(folder.resolve()).rstrip("/") + "/"
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = _plain(fields[1]).rstrip("/") + "/"
        if real.startswith(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def is_network(kind: str) -> bool:
    """Whether a file system of this type may be shared with other machines."""
    return kind in _NETWORK or kind.removeprefix("fuse.") in _NETWORK_FUSE


def _plain(field: str) -> str:
    """Blanks and backslashes stand in the table as octal escapes."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)
