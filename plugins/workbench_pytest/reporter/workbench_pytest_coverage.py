"""Which functions each test enters, from inside the user's interpreter: standard library, pytest and the reporter only.

Loaded with ``-p workbench_pytest_coverage`` beside the reporter. From Python 3.12 on it is a tool of ``sys.monitoring``
that hears of each function once a test (events are restarted for the next); before, the profiler of the standard
library, which keeps in C what was called. Code that runs outside of any test, or while a module is imported inside of
one, belongs to every test; so does what a fixture of a wider scope ran, to every test until that fixture is torn down.
A test that starts a process, or takes the profiler away, is opaque: block 0.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import pytest
from workbench_pytest_calls import called, calls
from workbench_pytest_reporter import _emit
from workbench_pytest_threads import under_way

if sys.version_info < (3, 12):
    from workbench_pytest_profilers import Profilers

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
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1")[2:] or -1) + 1
_first = (int(os.environ.get("WORKBENCH_PART") or 0) * 1000 + _process) << 24


def _gather() -> None:
    """What was entered up to now belongs to the sink as it is."""
    if _active is not None:
        _active.gather(_sink)


def _turn_to(sink: dict[int, Any]) -> None:
    """From now on what is entered belongs to ``sink``."""
    global _current, _sink, _importing
    _gather()
    _current = _sink = sink
    _importing = 0


def _import(step: int) -> None:
    """A module begins or ends to be imported inside a test: what runs meanwhile belongs to all."""
    global _sink, _importing
    if _current is _shared:
        return
    _gather()
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
        caller = sys._getframe(1).f_back
        if caller is not None:
            called(caller.f_code, code)
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

    def gather(self, sink: dict[int, Any]) -> None:
        """It is there already."""

    def stop(self) -> None:
        self._tools.set_events(self._tool, 0)


class _Profiler:
    """The profilers of all threads. What was under way in another thread when they were read (``_begun``) is the next
    test's too."""

    def __init__(self) -> None:
        self._profilers = Profilers()
        self._begun: dict[int, Any] = {}
        self._load: Any = None

    def anew(self) -> None:
        """Take up again what a test took away."""
        self._profilers.anew()
        if self._load is None:  # not before: it stands in the traceback of an import that fails
            self._load = importlib._bootstrap._load_unlocked  # type: ignore[attr-defined]
            importlib._bootstrap._load_unlocked = self._loads  # type: ignore[attr-defined]

    def _loads(self, spec: Any) -> Any:
        __tracebackhide__ = True
        _import(1)
        try:
            return self._load(spec)
        finally:
            _import(-1)

    def gather(self, sink: dict[int, Any]) -> None:
        """What was entered since the last time goes into ``sink``; all tests have what a module ran in one of them."""
        begun, self._begun = self._begun, {}
        read = self._profilers.read()
        if read is None:
            sink[OPAQUE] = None  # somebody else profiles: what is entered is not known
            return
        found, self._begun = read
        sink.update(found)
        if sink is _shared:
            return  # what goes on in a thread is found again at the end of the test
        if any(code.co_name == "<module>" and _path(code.co_filename) for code in found.values()):
            _shared.update(found)
        for each in (begun, self._begun, under_way()):
            sink.update(each)

    def stop(self) -> None:
        self._profilers.stop()
        if self._load is not None:
            importlib._bootstrap._load_unlocked = self._load  # type: ignore[attr-defined]


def _collector() -> Any:
    if sys.version_info >= (3, 12):
        return _Monitor()
    if sys.getprofile() is not None:
        _emit("uncovered", why="another profiler runs: what each test enters is not known")
        return None
    return _Profiler()


_active: Any = None
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
    """The number of a code object, told once; below 0 for one that is not the project's."""
    known = _numbers.get(id(code))
    if known is None:
        path = _path(code.co_filename)
        _kept.append(code)
        known = _first + len(_kept)
        known = _numbers[id(code)] = known if path else -known
        if path:
            line = 0 if code.co_name == "<module>" else code.co_firstlineno  # a function may begin on line 1, too
            _emit("code", number=known, path=path, line=line, name=code.co_name)
    return known


def _tell(ident: str, *sinks: dict[int, Any]) -> None:
    found: set[int] = set()
    for sink in sinks:
        for key, code in sink.copy().items():
            found.add(_number(code) if key != OPAQUE else OPAQUE)
    _emit("covered", id=ident, blocks=sorted(number for number in found if number >= 0))


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
        for caller, below in calls():
            _emit("calls", number=_number(caller), blocks=sorted(map(_number, below)))
