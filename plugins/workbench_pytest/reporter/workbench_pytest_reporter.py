"""Reports a pytest run as JSON lines, from inside the user's interpreter: standard library and pytest (7 to 9) only.

Loaded with ``-p workbench_pytest_reporter``. The stream is a file named by WORKBENCH_EVENTS, opened when the plugin is
loaded because tests clear the environment, and never standard output because tests print. The fork server imports it
ahead of a run, outside of pytest's import hook (PYTEST_DONT_REWRITE: pytest would warn of that).
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

import pytest
import workbench_pytest_bytecode
import workbench_pytest_databases
from _pytest.runner import runtestprotocol

_LIMIT = 20000
_OPENED = 2000
_encode = json.JSONEncoder(default=str).encode
_getpid, _write, _now = os.getpid, os.write, time.time  # as they are: tests put others in their place
_stream: int | None = None
_pid = _getpid()
_of_workers = ["modules", "libraries", "code", "covered", "calls", "uncovered"]
_worker = False
_repeat = int(os.environ.get("WORKBENCH_REPEAT") or 1)
_only = tuple(filter(None, (os.environ.get("WORKBENCH_ONLY") or "").split("\n")))
_prefix = ""
_limit: Any = None


def _open() -> None:
    """Report what goes on in this process from now on."""
    global _stream, _pid
    _pid = _getpid()
    path = os.environ.get("WORKBENCH_EVENTS")
    if path:
        _stream = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.set_inheritable(_stream, False)


def begin() -> None:
    """A run begins, of which WORKBENCH_EVENTS tells; without it none does."""
    _open()
    if _stream is not None and os.environ.get("WORKBENCH_BYTECODE"):
        workbench_pytest_bytecode.keep(os.environ["WORKBENCH_BYTECODE"])


begin()


def _watch_opened() -> None:
    """Tell files of this worktree that are opened and not there: the user's tree may have them, ignored by git."""
    top, told = os.getcwd() + os.sep, set()

    def opened(event: str, args: Any) -> None:
        if event != "open" or not isinstance(args[0], str):
            return
        path = os.path.abspath(args[0])
        if path.startswith(top) and path not in told and "__pycache__" not in path:
            told.add(path)
            if len(told) < _OPENED and not os.path.exists(path):
                _emit("missed", path=path[len(top) :].replace(os.sep, "/"))

    sys.addaudithook(opened)


def _emit(event: Any, **data: Any) -> None:
    if _stream is None or _getpid() != _pid or (_worker and event not in _of_workers):
        return
    data["event"] = event
    if _prefix and data.get("id"):
        data["id"] = _prefix + data["id"]
    line = _encode(data).encode("ascii") + b"\n"
    while line:
        line = line[_write(_stream, line) :]


def _cut(text: Any) -> str:
    whole = str(text)
    return whole if len(whole) <= _LIMIT else whole[: _LIMIT // 2] + "\n... cut ...\n" + whole[-_LIMIT // 2 :]


def _is_worker(config: Any) -> bool:
    return hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: Any) -> None:
    global _prefix
    config.addinivalue_line("markers", "workbench_racy: run many times by workbench prove")
    below = os.path.relpath(str(config.rootdir), str(config.invocation_params.dir)).replace(os.sep, "/")
    _prefix = "" if below == "." or below.startswith("..") else f"{below}/"
    if os.environ.get("WORKBENCH_SEED"):
        import_module("workbench_pytest_stress").register(config)
    if os.environ.get("WORKBENCH_HOME_TREE"):
        _watch_opened()
    workbench_pytest_databases.register(config)
    global _worker
    _worker = _is_worker(config)
    if _worker and config.workerinput["workerid"] == "gw0":
        # The controller holds no tests: the first worker tells what there are.
        _of_workers.append("collected")
    if os.environ.get("WORKBENCH_TURN"):
        global _limit
        most = float(os.environ["WORKBENCH_TURN"])
        _limit = import_module("workbench_pytest_limit").Limit(most, _overran)
    _emit("configured", framework="pytest " + pytest.__version__, python=sys.version.split()[0])


def pytest_collectreport(report: Any) -> None:
    if report.failed:
        _emit("collect_error", id=report.nodeid, text=_cut(report.longrepr), exception=_last_line(report.longrepr))


def _last_line(longrepr: Any) -> str:
    lines = [line for line in str(longrepr).splitlines() if line.startswith("E ")]
    return lines[-1][1:].strip() if lines else str(longrepr).strip().rsplit("\n", 1)[-1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: Any, items: Any) -> None:
    """Of whole files keep the tests that are asked for: one that is not there must not stop the others."""
    if _only:
        items[:] = [item for item in items if _wanted(_prefix + item.nodeid)]


def _wanted(ident: str) -> bool:
    return any(ident == test or ident.startswith((f"{test}[", f"{test}::")) for test in _only)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: Any) -> None:
    # First: a worker of xdist tells its controller here, and no result may stand before the list of tests.
    for item in getattr(session, "items", ()):
        path, line, _ = item.location
        racy = item.get_closest_marker("workbench_racy") is not None
        _emit("collected", id=item.nodeid, path=str(path).replace(os.sep, "/"), line=(line or 0) + 1, racy=racy)
    _emit("collection_done", count=len(getattr(session, "items", ())))


def pytest_deselected(items: Any) -> None:
    _emit("deselected", count=len(items))


class _Again:
    """Stands for the next test where that is the same one again: all but its own fixtures stay up."""

    def __init__(self, item: Any) -> None:
        self._item = item

    def listchain(self) -> Any:
        return self._item.listchain()[:-1]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._item, name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: Any, nextitem: Any) -> Any:
    if _repeat <= 1 or _is_worker(item.config):
        return None
    for turn in range(_repeat):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        following: Any = nextitem if turn == _repeat - 1 else _Again(item)
        if _limit is not None:
            _limit.begin(item.nodeid)
        runtestprotocol(item, nextitem=following)
        if _limit is not None:
            _limit.end()
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _overran(test: str, seconds: float, stacks: str) -> None:
    _emit("overran", id=test, seconds=seconds, text=_cut(stacks))


def pytest_runtest_logstart(nodeid: Any, location: Any) -> None:
    _emit("start", id=nodeid, at=_now())


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    outcome = yield
    report = outcome.get_result()
    if call.excinfo is not None:
        report.user_properties.append(("workbench_exception", _exception(call.excinfo)))


def _exception(excinfo: Any) -> dict[str, Any]:
    frames = []
    for entry in excinfo.traceback:
        code = getattr(entry.frame, "code", None)
        raw = getattr(code, "raw", None)
        name = getattr(raw, "co_filename", str(entry.path))
        frames.append([str(name), entry.lineno + 1, getattr(raw, "co_name", "")])
    kinds = [base.__name__ for base in excinfo.type.__mro__]
    chain: list[str] = []
    error = excinfo.value
    while error is not None and len(chain) < 10:
        chain.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return {"type": excinfo.typename, "bases": kinds, "text": _cut(excinfo.value), "frames": frames, "chain": chain}


def pytest_runtest_logreport(report: Any) -> None:
    exception = None
    measured = {}
    for name, value in report.user_properties:
        if name == "workbench_exception":
            exception = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            measured[str(name)] = value
    _emit(
        "phase",
        id=report.nodeid,
        when=report.when,
        outcome=_outcome(report),
        seconds=report.duration,
        text=_cut(report.longrepr) if report.failed or report.skipped else "",
        message=_message(report),
        sections=[[name, _cut(text)] for name, text in report.sections] if report.failed else [],
        exception=exception if report.failed else None,
        measured=measured,
    )


def _outcome(report: Any) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    return str(report.outcome)


def _message(report: Any) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    return _cut(crash.message) if crash is not None else ""


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: Any, exitstatus: Any) -> None:
    _emit("modules", modules=_project_modules())
    _emit("libraries", modules=_libraries(session.config))
    _emit("finished", exit=int(exitstatus))


def _project_modules() -> dict[str, str]:
    """Files of the modules that bear a project's name or come from the user's own tree; a library that stands under
    such a name too (``requests.packages.urllib3``) is the library still."""
    names = set(os.environ.get("WORKBENCH_PACKAGES", "").split(os.pathsep)) - {""}
    home = os.environ.get("WORKBENCH_HOME_TREE", "")
    prefix = os.path.realpath(home) + os.sep if home else None
    found: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name, module in list(sys.modules.items()) if names or home else ():
        origin = getattr(module, "__file__", None)
        if not isinstance(origin, str):
            continue
        folder, file = os.path.split(origin)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        path = os.path.join(folders[folder], file)
        path = os.path.realpath(path) if os.path.islink(path) else path
        own = str(getattr(module, "__name__", name)).split(".")[0]
        if (name.split(".")[0] in names and own in (*names, "__main__")) or (
            prefix and path.startswith(prefix) and "site-packages" not in path
        ):
            found[name] = path
    return found


def _libraries(config: Any) -> dict[str, str]:
    """The modules of neither the project nor pytest and its plugins: what may be imported before a run."""
    root = os.path.realpath(os.environ.get("WORKBENCH_ROOT") or ".") + os.sep
    plugins = {getattr(plugin, "__name__", "").split(".")[0] for plugin in config.pluginmanager.get_plugins()}
    plugins |= {name.split(".")[0] for name in getattr(config.pluginmanager.rewrite_hook, "_must_rewrite", ())}
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        top = name.split(".")[0]
        if not isinstance(origin, str) or top in plugins or top.startswith(("workbench_", "__m")):
            continue
        if getattr(module, "__name__", "") == name and (not origin.startswith(root) or "site-packages" in origin):
            found[name] = ""
    return found


def pytest_internalerror(excrepr: Any) -> None:
    _emit("internal_error", text=_cut(excrepr))
