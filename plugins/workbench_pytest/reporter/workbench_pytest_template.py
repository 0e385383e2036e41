"""A pytest that has collected everything and waits before the first test: each run is forked off it, with the bodies of
functions as they are now (workbench_pytest_swap).

Loaded with ``-p workbench_pytest_template`` in a child of the fork server. What was opened, run or made while tests
were collected would be shared by all runs: where that is told, or not known, it is no template, and says why.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
import workbench_pytest_coverage as coverage
import workbench_pytest_databases as databases
import workbench_pytest_reporter as reporter
import workbench_pytest_sharing as sharing
from workbench_pytest_changes import Changes
from workbench_pytest_forks import (
    Server,
    be_apart,
    errors_to,
    held,
    refusal,
)
from workbench_pytest_swap import RefusedError, tree

OLDEST = 900.0
"""Seconds after which what modules took from the clock is too old."""

_APART = ("dsession", "xdist_looponfail")
"""Plugins that do something for one run when its session starts, where it has several processes."""

_CHOICE = frozenset({"args", "argv", "file_or_dir", "invocation_params"})
"""Where the command line is found."""

_COMPILERS = frozenset({"numba", "taichi"})
"""Libraries that keep what they made of a function's code."""

_errors = os.fstat(2)
_before = held()
_frozen = gc.get_freeze_count()
_began = time.time()
_argv = sys.argv[1:]
_own: set[str] = set()
_requests, _answers, _number = map(int, os.environ.pop("WORKBENCH_TEMPLATE", "-1 -1 0").split())


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    _own.update(sharing.own())  # pytest captures into a file of its own by now


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: Any) -> None:
    if reporter._stream is not None:
        os.close(reporter._stream)
        reporter._stream = None
    why = _unfit(session)
    template = None if why else _Template(session)
    if template is None or template.unfit:
        answer = {"uncollected": template.unfit if template else why, "of": _number}
        os.write(_answers, json.dumps(answer).encode() + b"\n")
        os._exit(0)
    template.say(collected=len(session.items), of=_number)
    template.begin(template.serve())


def _entered() -> dict[int, Any]:
    """By id, the code that ran so far; OPAQUE is among it where that is not known."""
    coverage._gather()
    return coverage._shared if coverage._active is not None else {coverage.OPAQUE: None}


def _unfit(session: Any) -> str:
    """Why runs must not be forked off this process, or the empty string."""
    plugins = session.config.pluginmanager
    factory = getattr(session.config, "_tmp_path_factory", None)
    if session.testsfailed:
        return "a file cannot be collected"
    for name in _APART:
        if plugins.hasplugin(name) and session.config.getoption("numprocesses", None):
            return "a plugin is at work that prepares for one run: xdist"
    if coverage.OPAQUE in _entered():
        return "what runs while tests are collected is not known"
    outside: str = sharing.for_everybody()
    if outside:
        return "while tests are collected, something " + outside
    if sharing.own() != _own or getattr(factory, "_basetemp", None) is not None:
        return "temporary files are made while tests are collected"
    if databases.at_work(session.config):
        return "a plugin is at work that prepares for one run: django"
    if any(map(_looks_at_choice, list(_entered().values()))):  # from 3.12 on, asking is seen too
        return "a conftest.py looks at which tests are to run"
    if gc.get_freeze_count() > _frozen:
        return "functions are kept from the garbage collector, by gc.freeze"
    if _COMPILERS.intersection(sys.modules):
        return "functions are compiled: " + sorted(_COMPILERS.intersection(sys.modules))[0]
    return str(refusal(_before, "a module of the tests") or _shared_things())


def _looks_at_choice(code: Any) -> bool:
    """Whether it is a conftest that asks for the command line: a template has no tests in its own."""
    mine = os.path.basename(code.co_filename) == "conftest.py" and code.co_name == "<module>"
    return mine and any(_CHOICE.intersection(each.co_names) for each in tree(code))


def _shared_things() -> str:
    """What this process and its children would have in common."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        if any(" rw-s " in line for line in maps):
            return "memory is shared with other processes"
    for name in os.listdir("/proc/self/fd"):
        try:
            path, facts = os.readlink("/proc/self/fd/" + name), os.stat("/proc/self/fd/" + name)
        except OSError:
            continue
        ours = os.path.samestat(facts, _errors) or (path.endswith(" (deleted)") and not facts.st_size)
        if path.startswith("/") and not path.startswith("/dev/") and not ours:
            return "a file is open: " + path.replace("\\", "/")
    return ""


class _Template(Server):
    """Serves runs of the tests that ``session`` has collected."""

    def __init__(self, session: Any) -> None:
        super().__init__(_requests, _answers, self._why_not, _number)
        self._session = session
        self._changes = Changes(session.config, _entered(), _began)
        self._items = {reporter._prefix + item.nodeid: item for item in session.items}
        self._order = {name: number for number, name in enumerate(self._items)}
        self._options, self._env = _options(_argv), _environment(os.environ)
        twice = "two tests have one id" if len(self._items) != len(session.items) else ""
        self.unfit = twice or (self._changes.late and self._changes.late + " was saved while tests were collected")

    def lasts(self) -> float | None:
        """No run is forked off what is too old: it would take memory for nothing."""
        return None if self.runs else max(0.0, _began + OLDEST - time.time())

    def end(self) -> None:
        """Nobody asks any more: no test has run, so nothing is to be torn down."""
        os._exit(0)

    def take(self, request: dict[str, Any], line: bytes) -> bool:
        """Do one request; True in the child that it made."""
        if "look" in request:
            with contextlib.suppress(RefusedError):
                self._changes.look(request["look"])
            return False
        return bool(super().take(request, line))

    def _why_not(self, request: dict[str, Any]) -> str:
        env = _environment({**os.environ, **request["env"]})
        if _options(request["argv"]) != self._options:
            return "other options"
        if env != self._env:
            return "another environment: " + sorted(set(env.items()) ^ set(self._env.items()))[0][0]
        if time.time() - _began > OLDEST:
            return "it was collected long ago"
        wanted = _tests(request["argv"])
        chosen = self._chosen(wanted)
        absent = [test for test in wanted if test not in chosen and not any(_is_below(name, test) for name in chosen)]
        if absent or not wanted:
            return "not collected: " + (absent or ["everything"])[0]
        try:
            self._changes.look(request["changed"])
        except RefusedError as refused:
            return str(refused)
        return ""

    def _chosen(self, wanted: list[str]) -> dict[str, Any]:
        """Tests by their ids, of those that are ``wanted`` or in a class or file that is."""
        exact = self._items.keys() & wanted
        wider = [test for test in wanted if test not in exact]
        if not wider:  # as they were collected; the others are not touched
            return {name: self._items[name] for name in sorted(exact, key=self._order.__getitem__)}
        return {
            name: item
            for name, item in self._items.items()
            if name in exact or any(_is_below(name, test) for test in wider)
        }

    def begin(self, request: dict[str, Any]) -> None:
        """In a child: be the run that was asked for; pytest goes on with the first test."""
        be_apart()
        os.close(_requests)
        os.close(_answers)
        _apart_from_template(request["stderr"])
        os.environ.update(request["env"])
        sys.argv[1:] = request["argv"]
        replaced = self._changes.swap()
        items = self._chosen(_tests(request["argv"])).values()
        for item in items:
            vars(item).pop("location", None)
        self._session.items[:] = items
        self._session.testscollected = len(items)
        cache = getattr(self._session.config, "cache", None)
        if cache is not None:
            cache._cachedir = Path(_cache(request["argv"]))
        sharing.silence()
        _report_anew()
        _trace_anew(replaced, "workbench_pytest_coverage" in request["argv"])
        reporter.pytest_collection_finish(self._session)
        coverage.pytest_collection_finish(self._session)


def _report_anew() -> None:
    """Another run begins."""
    reporter._open()
    reporter._emit("configured", framework="pytest " + pytest.__version__, python=sys.version.split()[0])


def _trace_anew(replaced: Any, traced: bool) -> None:
    """Another run begins, with code that was ``replaced`` (by the id of what it was). What is not looked at is not
    touched either: a page that a child writes to (a count of references is enough) is copied for it first."""
    if not traced:
        coverage._active.stop()
        coverage._kept.append(coverage._active)
        coverage._active = None
        return
    coverage._first = (int(os.environ.get("WORKBENCH_PART") or 0) * 1000 + coverage._process) << 24
    coverage._numbers.clear()
    coverage._shared.pop(coverage.OPAQUE, None)  # the fork that made this process
    found = [replaced.get(key, code) for key, code in coverage._shared.items()]
    coverage._shared.clear()
    coverage._shared.update((id(code), code) for code in found)


def _apart_from_template(errors: str) -> None:
    """What leads to the template's standard error leads to ours, its captures into files of our own."""
    for name in os.listdir("/proc/self/fd"):
        try:
            path, facts = os.readlink("/proc/self/fd/" + name), os.stat("/proc/self/fd/" + name)
        except OSError:
            continue
        if os.path.samestat(facts, _errors):
            errors_to(errors, int(name))
        elif path.endswith(" (deleted)"):
            with tempfile.TemporaryFile(buffering=0) as fresh:
                os.dup2(fresh.fileno(), int(name), inheritable=False)


def _is_below(name: str, test: str) -> bool:
    return name.startswith((test + "::", test + "[", test + "/"))


def _tests(argv: list[str]) -> list[str]:
    return argv[argv.index("--") + 1 :] if "--" in argv else []


def _cache(argv: list[str]) -> str:
    return next(each for each in argv if each.startswith("cache_dir=")).partition("=")[2]


def _options(argv: list[str]) -> list[str]:
    """What must be the same for a run."""
    own = ("workbench_pytest_coverage", "workbench_pytest_template", "workbench_pytest_sharing")
    given = iter(argv[: argv.index("--")] if "--" in argv else argv)
    kept = []
    for each in given:
        value = next(given, "") if each in ("-p", "-o") else ""
        if value not in own and not value.startswith("cache_dir="):
            kept += [each, value]
    return kept


def _environment(env: Any) -> dict[str, str]:
    own = ("WORKBENCH_EVENTS", "WORKBENCH_PART", "PYTEST_VERSION", "PYTEST_CURRENT_TEST")
    return {name: value for name, value in env.items() if name not in own}
