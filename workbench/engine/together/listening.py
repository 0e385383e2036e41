"""An open case, answered on a socket of this host, so that its other accounts can join with nothing to start.

The socket lies in a folder of our own under /tmp, both open to one group: who is in it may knock. Who they are the
kernel says; what they may do an invitation says.
"""

from __future__ import annotations

import grp
import os
import pwd
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workbench.case.enums import Role
from workbench.engine.store.library import Library
from workbench.engine.together.connection import Connection
from workbench.engine.together.dial import peer
from workbench.engine.together.door import Door
from workbench.engine.together.invitations import Invitations

GUESTS = 32
"""Connections that are answered at once."""


def base() -> Path:
    """Where the folders of all accounts are."""
    return Path(os.environ.get("WORKBENCH_SOCKETS") or "/tmp")


class Listener:
    """Answers for one case until it is closed. ``problem`` says why it does not; empty when it does."""

    def __init__(self, library: Library, invitations: Invitations, case: str, group: str = "") -> None:
        self.problem = ""
        self._library = library
        self._invitations = invitations
        self._case = case
        self._places = threading.BoundedSemaphore(GUESTS)
        self._open: set[socket.socket] = set()
        self.path = base() / f"workbench-{os.getuid()}" / f"{case}.sock"
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            _folder(self.path.parent, group)
            self._bind(group)
        except (OSError, KeyError) as error:
            self.problem = f"no other account can join on this host: {getattr(error, 'strerror', '') or error}"
            self._socket.close()
            return
        threading.Thread(target=self._accept, name="workbench-listen", daemon=True).start()

    def close(self) -> None:
        """Answer no more; who is there is let go."""
        if not self.problem:
            self.path.unlink(missing_ok=True)
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _bind(self, group: str) -> None:
        if self.path.exists() and _answers(self.path):
            raise OSError(0, "the case is open in another window, which answers")
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(self.path))
        finally:
            os.umask(before)
        os.chown(self.path, -1, _group(group))
        self.path.chmod(0o660)
        self._socket.listen(GUESTS)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                guest, _ = self._socket.accept()
                if not self._places.acquire(blocking=False):
                    guest.close()
                    continue
                self._open.add(guest)
                threading.Thread(target=self._serve, args=(guest,), name="workbench-guest", daemon=True).start()

    def _serve(self, guest: socket.socket) -> None:
        try:
            with suppress(OSError), guest, guest.makefile("rb") as source, guest.makefile("wb") as out:
                user, _ = peer(guest)
                role = Role.DRIVER if user == os.getuid() else None
                Connection(source, out, self._library, self._invitations).run(Door(role, account(user), self._case))
        finally:
            self._open.discard(guest)
            self._places.release()


def sockets(case: str) -> Iterator[tuple[Path, str]]:
    """The sockets that answer for ``case`` (an id or its beginning), each with its owner; none of a folder that
    somebody else could have put there."""
    for folder in sorted(base().glob("workbench-*")):
        with suppress(OSError):
            found = folder.lstat()
            mine = folder.name == f"workbench-{found.st_uid}" and stat.S_ISDIR(found.st_mode)
            if mine and not found.st_mode & 0o022:
                for path in sorted(folder.glob("*.sock")):
                    if path.stem.startswith(case):
                        yield path, account(found.st_uid)


def account(user: int) -> str:
    """The name of an account of this host."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid {user}"


def _folder(folder: Path, group: str) -> None:
    """Our folder, made or found. Raises OSError for one that somebody else put there, KeyError for no such group."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(1, f"{folder} is not ours")
    os.chown(folder, -1, _group(group))
    folder.chmod(0o750)


def _group(name: str) -> int:
    return grp.getgrnam(name).gr_gid if name else os.getgid()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        return probe.connect_ex(str(path)) == 0
