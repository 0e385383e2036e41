"""Which test files touch what is outside of their process: their tests may not run beside each other.

Loaded with ``-p workbench_pytest_sharing`` beside the reporter, in runs that are looked at closely. Heard by the audit
hooks of PEP 578: a port or address, a database's file, a file that is written outside of folders that are the test's
own, a file that another test file wrote, a process that is started. What touches the outside while modules are imported
does so for all; so do options of pytest that one run has to itself, and clients written in C, which no hook hears.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

import pytest
from workbench_pytest_reporter import _emit

_STARTS = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "os.spawn"})
_CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate"})
_MADE = frozenset({"tempfile.mkstemp", "tempfile.mkdtemp"})
_HEARD = _STARTS | _CHANGES | _MADE | {"open", "socket.bind", "socket.connect", "socket.sendto", "sqlite3.connect"}
_CLIENTS = frozenset(
    "psycopg2 psycopg _mysql MySQLdb pymssql cx_Oracle oracledb pyodbc grpc zmq confluent_kafka duckdb lmdb plyvel "
    "rocksdb h5py pymongo".split()
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_KEPT = frozenset({"__pycache__", ".hypothesis"})
"""Folders of what is found anew where it is not there: any number of processes may write there."""

_EVERYBODY = ""
_PROJECT = os.path.realpath(os.getcwd())

_file: str | None = _EVERYBODY
_told: dict[str, str] = {}
_own: set[str] = {"/dev", "/proc"}
_written: set[str] = set()


def _tell(why: str) -> None:
    """The test file at work (all of them, while none is) shares something."""
    if _file is not None and _file not in _told:
        _told[_file] = why
        _emit("shares", id=_file, why=why)


def _heard(event: str, arguments: Any, heard: Any = _HEARD) -> None:
    if event not in heard or _file is None:
        return
    if event in _MADE:
        _own.add(os.path.realpath(arguments[0]))
    elif event in _STARTS:
        _tell("starts a process")
    elif event.startswith("socket."):
        _reaches(event, arguments[1])
    elif event == "sqlite3.connect":
        _opens_database(arguments[0])
    elif event == "open":
        path, _, flags = arguments
        if isinstance(path, (str, bytes, os.PathLike)):
            writes = (flags or 0) & _WRITES and not os.path.isdir(path)  # that is where a file without a name is made
            _touches(path, bool(writes))
    elif event in ("os.rename", "os.link", "os.symlink"):
        for path in arguments[:2]:
            _touches(path, True)
    else:
        _touches(_beneath(arguments[0], arguments[-1]), True)


def _beneath(path: Any, folder: Any) -> Any:
    """``path`` as it is, or below the folder with this descriptor."""
    if not isinstance(folder, int) or folder < 0:
        return path
    try:
        return os.path.join(os.readlink("/proc/self/fd/" + str(folder)), os.fsdecode(path))
    except (OSError, TypeError):
        return path


def _reaches(event: str, address: Any) -> None:
    if event == "socket.bind" and isinstance(address, tuple) and address[1:2] == (0,):
        return  # whichever port is free
    _tell("takes a fixed address" if event == "socket.bind" else "talks to the network")


def _opens_database(name: Any) -> None:
    path = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else ""
    if path and ":memory:" not in path and "mode=memory" not in path:
        _touches(path[5:].partition("?")[0] if path.startswith("file:") else path, True)


def _touches(path: Any, writes: bool) -> None:
    """A file is opened or changed: what this process made for itself is nobody else's."""
    if not isinstance(path, (str, bytes, os.PathLike)) or not (writes or _written):
        return
    whole = os.path.abspath(os.fsdecode(path))
    if not writes:
        if whole in _written:
            _tell("reads what tests write: " + whole)
    elif not _KEPT.intersection(whole.split(os.sep)) and not _is_own(os.path.realpath(whole)):
        _written.add(whole)
        _tell("writes " + whole)


def _is_own(path: str) -> bool:
    """Whether ``path`` lies in a folder that this process or pytest made for it; the project may lie in one too."""
    while path not in _own:
        above = os.path.dirname(path)
        if path in (_PROJECT, above):
            return False
        if os.path.basename(path).startswith("pytest-of-"):
            return True
        path = above
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: Any) -> None:
    option = session.config.option
    for name in ("basetemp", "maxfail", "xmlpath", "cov_source", "numprocesses", "stepwise"):
        if getattr(option, name, None):
            _tell("its options include " + name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logstart(nodeid: str, location: Any) -> None:
    global _file
    _file = nodeid.partition("::")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: Any) -> None:
    global _file
    _file = _EVERYBODY
    loaded = sorted(_CLIENTS.intersection(name.partition(".")[0] for name in list(sys.modules)))
    if loaded:
        _tell("imports " + loaded[0])
    _file = None


def for_everybody() -> str:
    """What was done to the outside while no test was at work, or the empty string."""
    return _told.get(_EVERYBODY, "")


def own() -> set[str]:
    """The folders and files that this process made for itself."""
    return set(_own)


def silence() -> None:
    """Hear no more."""
    global _file
    _file = None


def _begin() -> None:
    tempfile.gettempdir()  # tries, the first time, whether files can be written there
    for name in ("WORKBENCH_EVENTS", "WORKBENCH_BYTECODE"):
        if os.environ.get(name):
            _own.add(os.path.dirname(os.path.realpath(os.environ[name])))
    sys.addaudithook(_heard)


if os.environ.get("WORKBENCH_EVENTS"):
    _begin()
