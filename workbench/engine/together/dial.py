"""Ways to a served case: over the user's own ssh, by a socket of this machine, or through a process of our own."""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workbench.case.errors import ToldError
from workbench.engine.together.link import Dial, Ends

_URL = re.compile(r"ssh://(?P<host>(?:[\w.-]+@)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]))(?::(?P<port>\d+))?/(?P<case>[^/]+)/?")
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
REMOTE = "workbench serve --stdio"
"""What is run there; WORKBENCH_REMOTE names something else where workbench is not on the PATH of a command."""


class AddressError(ToldError, ValueError):
    """No address of a case; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a case is served: on another host by ssh, or (``host`` empty) on this one."""

    case: str
    host: str = ""
    port: str = ""


def address_of(text: str) -> Address:
    """The address that ``text`` is. Raises AddressError."""
    found = _URL.fullmatch(text)
    case = found["case"] if found else text
    host = found["host"] if found else ""
    if not _CASE.fullmatch(case) or host.startswith("-"):
        raise AddressError(f"{text} is no case: give ssh://HOST/CASE, or CASE for one on this machine")
    return Address(case, host, (found["port"] or "") if found else "")


def by_ssh(address: Address) -> Dial:
    """The user's ssh running :data:`REMOTE` there; it asks at the terminal only the first time."""
    remote = os.environ.get("WORKBENCH_REMOTE") or REMOTE

    def dial(asking: bool) -> Ends:
        options = ["-T", "-o", "Compression=yes", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR"]
        options += ["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=2", "-o", "GSSAPIAuthentication=no"]
        options += [] if asking else ["-o", "BatchMode=yes"]
        options += ["-p", address.port] if address.port else []
        return _spawned(["ssh", *options, "--", address.host, remote], asking)

    return dial


def by_process(environment: Mapping[str, str]) -> Dial:
    """A serving process of our own, for a case of this account; ``environment`` over ours."""
    argv = [sys.executable, "-P", "-m", "workbench", "serve", "--stdio"]
    return lambda asking: _spawned(argv, False, environment)


def by_socket(path: Path) -> Dial:
    """The socket at ``path``, of somebody who has the case open. Raises OSError where its owner does not answer."""

    def dial(asking: bool) -> Ends:
        folder = path.parent.lstat()
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(5)
            made.connect(str(path))
            made.settimeout(None)
            if peer(made)[0] not in (folder.st_uid, os.getuid()):
                raise PermissionError(1, f"{path} is answered by another account than it belongs to")
        except OSError:
            made.close()
            raise
        return Ends(made.makefile("rb"), made.makefile("wb"), lambda: _closed(made))

    return dial


def peer(connected: socket.socket) -> tuple[int, int]:
    """User and group id of the process at the other end of a UNIX socket, as the kernel knows them."""
    told = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, group = struct.unpack("3i", told)
    return user, group


def _spawned(argv: Sequence[str], asking: bool, environment: Mapping[str, str] | None = None) -> Ends:
    beside = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
    process = subprocess.Popen(
        list(argv),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if asking else beside,
        start_new_session=not asking,
        cwd="/",
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    assert process.stdin is not None

    def close() -> None:
        process.terminate()
        for end in (process.stdin, process.stdout):
            with suppress(OSError, ValueError):
                assert end is not None
                end.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)

    return Ends(process.stdout, process.stdin, close, lambda: _said(process, beside, argv))


def _said(process: subprocess.Popen[bytes], beside: IO[bytes], argv: Sequence[str]) -> str:
    """The last line that the process complained with."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(2)
    beside.seek(0)
    lines = beside.read().decode("utf-8", "replace").strip().splitlines()
    if lines:
        return f"{argv[0]}: {lines[-1]}"
    return f"{argv[0]} ended with exit code {process.returncode}" if process.returncode else ""


def _closed(made: socket.socket) -> None:
    with suppress(OSError):
        made.shutdown(socket.SHUT_RDWR)
    made.close()
