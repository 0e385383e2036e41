"""Which functions each test enters, from inside the user's interpreter: standard library, pytest and the reporter only.

Loaded with ``-p workbench_pytest_coverage`` beside the reporter. From Python 3.12 on it is a tool of ``sys.monitoring``
that hears of each function once a test (events are restarted for the next); before, a trace function that sees calls
alone. Code that runs outside of any test, or while a module is imported inside of one, belongs to every test; so does
what a fixture of a wider scope ran, to every test until that fixture is torn down. A test that starts a process is
opaque: block 0.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

import pytest
from workbench_pytest_reporter import _emit  # type: ignore[import-not-found]

OPAQUE = 0
_SPAWNS = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "os.spawn"})
# Code objects are kept by id: those of different files may be equal.

_root = os.path.realpath(os.environ.get("WORKBENCH_ROOT") or ".") + os.sep
_shared: dict[int, Any] = {}
_current: dict[int, Any] = _shared
_sink: dict[int, Any] = _shared
_wide: dict[int, dict[int, Any]] = {}
_torn_down: set[int] = set()
_numbers: dict[int, int] = {}
_paths: dict[str, str] = {}
_kept: list[Any] = []
_importing = 0
_first = (int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1")[2:] or -1) + 1) << 24


def _turn_to(sink: dict[int, Any]) -> None:
    """From now on what is entered belongs to ``sink``."""
    global _current, _sink, _importing
    _current = _sink = sink
    _importing = 0


def _import(step: int) -> None:
    """A module begins or ends to be imported inside a test: what runs meanwhile belongs to all."""
    global _sink, _importing
    _importing = max(0, _importing + step)
    _sink = _shared if _importing else _current


def _spawned(event: str, _arguments: Any, spawns: Any = _SPAWNS) -> None:
    if event in spawns and _current is not None:
        _current[OPAQUE] = None


class _Monitor:
    """sys.monitoring: every function once, until it is asked anew."""

    def __init__(self) -> None:
        self._tools: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        self._tool = next(tool for tool in (4, 3) if self._tools.get_tool(tool) is None)
        events = self._tools.events
        self._tools.use_tool_id(self._tool, "workbench")
        self._tools.register_callback(self._tool, events.PY_START, self._started)
        self._tools.register_callback(self._tool, events.PY_RETURN, self._returned)
        self._tools.set_events(self._tool, events.PY_START)

    def _started(self, code: Any, _offset: int) -> Any:
        _sink[id(code)] = code
        if code.co_name == "<module>" and _current is not _shared:
            _import(1)
            self._tools.set_local_events(self._tool, code, self._tools.events.PY_RETURN)
            self._tools.restart_events()
            return None
        return self._tools.DISABLE

    def _returned(self, _code: Any, _offset: int, _value: Any) -> Any:
        _import(-1)

    def anew(self) -> None:
        self._tools.restart_events()

    def stop(self) -> None:
        self._tools.set_events(self._tool, 0)


class _Tracer:
    """sys.settrace, calls alone."""

    def __init__(self) -> None:
        self.anew()
        threading.settrace(_called)

    def anew(self) -> None:
        if sys.gettrace() is None:
            sys.settrace(_called)

    def stop(self) -> None:
        threading.settrace(None)
        if sys.gettrace() is _called:
            sys.settrace(None)


def _called(frame: Any, _event: str, _value: Any) -> Any:
    code = frame.f_code
    if id(code) in _sink:
        return None
    _sink[id(code)] = code
    if code.co_name == "<module>" and _current is not _shared:
        _import(1)
        frame.f_trace_lines = False
        return _module
    return None


def _module(_frame: Any, event: str, _value: Any) -> Any:
    if event == "return":
        _import(-1)
    return _module


def _collector() -> Any:
    if sys.version_info >= (3, 12):
        return _Monitor()
    if sys.gettrace() is not None:
        _emit("uncovered", why="another tracer (coverage, a debugger) runs: what each test enters is not known")
        return None
    return _Tracer()


_active = _collector() if os.environ.get("WORKBENCH_EVENTS") else None
if _active is not None:
    sys.addaudithook(_spawned)


def _path(filename: str) -> str:
    """A file's path in the project, "" for one that is not the project's."""
    known = _paths.get(filename)
    if known is None:
        real = os.path.realpath(filename)
        mine = real.startswith(_root) and "site-packages" not in real and real.endswith(".py")
        known = _paths[filename] = real[len(_root) :].replace(os.sep, "/") if mine else ""
    return known


def _number(code: Any) -> int:
    """The number of a code object, told once; -1 for one that is not the project's."""
    known = _numbers.get(id(code))
    if known is None:
        path = _path(code.co_filename)
        _kept.append(code)
        known = _numbers[id(code)] = _first + len(_kept) if path else -1
        if path:
            line = 0 if code.co_name == "<module>" else code.co_firstlineno  # a function may begin on line 1, too
            _emit("code", number=known, path=path, line=line, name=code.co_name)
    return known


def _tell(ident: str, *sinks: dict[int, Any]) -> None:
    found: set[int] = set()
    for sink in sinks:
        for key, code in sink.copy().items():
            found.add(_number(code) if key != OPAQUE else OPAQUE)
    found.discard(-1)
    _emit("covered", id=ident, blocks=sorted(found))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: Any, nextitem: Any) -> Any:
    if _active is None:
        yield
        return
    own: dict[int, Any] = {}
    _turn_to(own)
    _active.anew()
    yield
    _turn_to(_shared)
    _tell(item.nodeid, own, *_wide.values())
    while _torn_down:
        _wide.pop(_torn_down.pop(), None)


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Any:
    if _active is None or fixturedef.scope == "function" or _current is _shared:
        yield
        return
    before = _current
    own: dict[int, Any] = {}
    _turn_to(own)
    _active.anew()
    yield
    _turn_to(before)
    before.update(own)
    _wide[id(fixturedef)] = own
    _torn_down.discard(id(fixturedef))
    _active.anew()


def pytest_fixture_post_finalizer(fixturedef: Any, request: Any) -> None:
    # The last test that had it is still under way.
    _torn_down.add(id(fixturedef))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: Any) -> None:
    if _active is not None:
        _tell("", _shared)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: Any) -> None:
    if _active is not None:
        _active.stop()
        _tell("", _shared)
