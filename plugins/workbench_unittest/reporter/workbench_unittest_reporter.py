"""Runs unittest and reports as JSON lines, from inside the user's interpreter: standard library only, Python 3.8 on.

``python -m workbench_unittest_reporter [FILE[::Class[::method]]]...`` in the project's root. The stream is a file named
by WORKBENCH_EVENTS, opened at once because tests clear the environment, and never standard output because tests print.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import time
import traceback
import unittest
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

ROOT = os.path.realpath(os.environ.get("WORKBENCH_ROOT") or os.getcwd())
_HOME = os.environ.get("WORKBENCH_HOME_TREE") or ""
_PACKAGES = set((os.environ.get("WORKBENCH_PACKAGES") or "").split(os.pathsep)) - {""}
_COLLECT_ONLY = bool(os.environ.get("WORKBENCH_COLLECT_ONLY"))
_LIMIT = 20000
_SKIPPED = {"node_modules", "__pycache__", "build", "dist", "site-packages"}
_encode = json.JSONEncoder(default=str).encode
_format, _format_only = traceback.format_exception, traceback.format_exception_only
_getpid, _write, _now, _clock = os.getpid, os.write, time.time, time.perf_counter  # tests put others in their place
_pid = _getpid()
_stream: int | None = None
if os.environ.get("WORKBENCH_EVENTS"):
    _stream = os.open(os.environ["WORKBENCH_EVENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def emit(event: str, **data: Any) -> None:
    """Write one event; a fork of a test writes none."""
    if _stream is None or _getpid() != _pid:
        return
    data["event"] = event
    line = _encode(data).encode("ascii") + b"\n"
    while line:
        line = line[_write(_stream, line) :]


def cut(text: Any) -> str:
    """``text``, its middle left out where it is long."""
    whole = str(text)
    return whole if len(whole) <= _LIMIT else whole[: _LIMIT // 2] + "\n... cut ...\n" + whole[-_LIMIT // 2 :]


def node_id(test: Any) -> str:
    """``tests/test_cart.py::Cart::test_add`` of a test case; its own name where the class is a library's (doctests)."""
    kind: Any = type(test)
    given = getattr(test, "workbench_file", None)
    name = test.id() if given else str(getattr(test, "_testMethodName", "") or getattr(test, "description", test))
    return "::".join([given or _file(kind), *kind.__qualname__.split("."), name])


@lru_cache(None)  # tests put others in the place of what this asks
def _file(kind: Any) -> str:
    module = sys.modules.get(kind.__module__)
    path = getattr(module, "__file__", None) or kind.__module__
    return os.path.relpath(os.path.realpath(path), ROOT).replace(os.sep, "/")


def cases(suite: Any) -> Iterator[Any]:
    """The test cases of a suite, flat."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        else:
            yield test


def collected(suite: Any) -> None:
    """Report what is to run. A module that could not be imported is a collection error, reported and left in."""
    for test in cases(suite):
        if type(test).__name__ == "_FailedTest":
            continue
        method = inspect.unwrap(getattr(type(test), getattr(test, "_testMethodName", ""), None) or type(test))
        code = getattr(method, "__code__", None)
        ident = node_id(test)
        emit("collected", id=ident, path=ident.partition("::")[0], line=getattr(code, "co_firstlineno", 0), racy=False)


class Reporting(unittest.TestResult):
    """Mixed into a result class: reports what it is told, and goes on to it."""

    def startTest(self, test: Any) -> None:
        self._workbench_began = _clock()
        if type(test).__name__ != "_FailedTest":
            emit("start", id=node_id(test), at=_now())
        super().startTest(test)

    def addSuccess(self, test: Any) -> None:
        super().addSuccess(test)
        self._workbench_phase(test, "passed")

    def addError(self, test: Any, err: Any) -> None:
        output = self._workbench_output()
        super().addError(test, err)
        self._workbench_phase(test, "failed", err, output)

    def addFailure(self, test: Any, err: Any) -> None:
        output = self._workbench_output()
        super().addFailure(test, err)
        self._workbench_phase(test, "failed", err, output)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        output = self._workbench_output()
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._workbench_phase(test, "failed", err, output, subtest._subDescription() + " ")

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self._workbench_phase(test, "skipped", message=reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._workbench_phase(test, "xfailed")

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self._workbench_phase(test, "failed", message="passed, though it is marked as an expected failure")

    def _workbench_output(self) -> list[list[str]]:
        streams = [(name, getattr(sys, name)) for name in ("stdout", "stderr")]
        return [[name, cut(s.getvalue())] for name, s in streams if hasattr(s, "getvalue") and s.getvalue()]

    def _workbench_phase(
        self, test: Any, outcome: str, err: Any = None, output: Iterable[Any] = (), message: str = ""
    ) -> None:
        kind = type(test).__name__
        text = cut("".join(_formatted(*err))) if err else ""
        said = message + (cut(_format_only(*err[:2])[-1].strip()) if err else "")
        if kind == "_FailedTest":
            where = getattr(test, "workbench_file", None) or _failed_file(test._testMethodName)
            emit("collect_error", id=where, text=text, exception=_reason(said))
            return
        ident = node_id(test)
        if kind == "_ErrorHolder":
            ident = _holder_id(test.description)
        emit(
            "phase",
            id=ident,
            when="setup" if kind == "_ErrorHolder" else "call",
            outcome=outcome,
            seconds=_clock() - getattr(self, "_workbench_began", _clock()),
            text=text,
            message=said,
            sections=list(output),
            exception=_exception(err) if err else None,
        )


def _holder_id(description: str) -> str:
    """``setUpClass (tests.test_cart.Cart)`` becomes ``tests/test_cart.py::Cart::setUpClass``."""
    what, _, where = description.partition(" (")
    parts = where.rstrip(")").split(".")
    for at in range(len(parts), 0, -1):
        origin = getattr(sys.modules.get(".".join(parts[:at])), "__file__", None)
        if origin:
            path = os.path.relpath(os.path.realpath(origin), ROOT).replace(os.sep, "/")
            return "::".join([path, *parts[at:], what])
    return description


def _failed_file(dotted: str) -> str:
    """The file that a module's name stands for, as far as it can be told."""
    for base in [ROOT, *sys.path]:
        stem = os.path.join(base, *dotted.split("."))
        for path in (stem + ".py", os.path.join(stem, "__init__.py")):
            if os.path.isfile(path):
                return os.path.relpath(os.path.realpath(path), ROOT).replace(os.sep, "/")
    return dotted


def _formatted(kind: Any, value: Any, trace: Any) -> list[str]:
    """The traceback without unittest's own frames around the test's."""
    while trace is not None and trace.tb_next is not None and "__unittest" in trace.tb_frame.f_globals:
        trace = trace.tb_next
    length, inner = 0, trace
    while inner is not None and "__unittest" not in inner.tb_frame.f_globals:
        length, inner = length + 1, inner.tb_next
    return _format(kind, value, trace, limit=length or None)


def _reason(said: str) -> str:
    """Of "Failed to import test module" and the traceback after it, the last line."""
    return said.strip().rsplit("\n", 1)[-1]


def _exception(err: Any) -> dict[str, Any]:
    kind, value, trace = err
    frames = []
    while trace is not None:
        if "__unittest" not in trace.tb_frame.f_globals:
            code = trace.tb_frame.f_code
            frames.append([code.co_filename, trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    chain: list[str] = []
    error = value
    while error is not None and len(chain) < 10:
        chain.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    bases = [base.__name__ for base in kind.__mro__]
    return {"type": kind.__name__, "bases": bases, "text": cut(value), "frames": frames, "chain": chain}


def project_modules() -> dict[str, str]:
    """Files of the modules that bear a project's name or come from the user's own tree."""
    prefix = os.path.realpath(_HOME) + os.sep if _HOME else None
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        if not isinstance(origin, str):
            continue
        path = os.path.realpath(origin)
        if name.split(".")[0] in _PACKAGES or (prefix and path.startswith(prefix) and "site-packages" not in path):
            found[name] = path
    return found


def finish(code: int) -> None:
    """Report the end of the run."""
    emit("modules", modules=project_modules())
    emit("finished", exit=code)


class Result(Reporting):
    """What the run is told to."""


def load(selected: Sequence[str]) -> unittest.TestSuite:
    """The suite of ``selected``, or of every file that unittest would discover from each folder of tests."""
    loader = unittest.TestLoader()
    suite = unittest.TestSuite()
    files = sorted({name.split("::")[0] for name in selected}) if selected else list(_test_files())
    for path in files:
        module = _import_name(path)
        tests = loader.loadTestsFromName(module)
        for test in list(cases(tests)):
            if type(test).__name__ == "_FailedTest" or node_id(test).startswith(".."):
                test.workbench_file = path
            if not selected or type(test).__name__ == "_FailedTest" or _is_chosen(node_id(test), selected):
                suite.addTest(test)
    return suite


def _is_chosen(ident: str, selected: Sequence[str]) -> bool:
    return any(ident == name or ident.startswith(name + "::") for name in selected)


def _test_files() -> Iterator[str]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED
            and not name.startswith(".")
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        for name in sorted(names):
            if name.startswith("test") and name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), ROOT).replace(os.sep, "/")


def _import_name(path: str) -> str:
    """The dotted name of a file; the folder above its topmost package is put on the import path."""
    folder, name = os.path.split(os.path.join(ROOT, *path.split("/")))
    parts = [name[:-3]] if name.endswith(".py") else [name]
    while os.path.isfile(os.path.join(folder, "__init__.py")) and folder != ROOT:
        folder, last = os.path.split(folder)
        parts.insert(0, last)
    if folder not in sys.path:
        sys.path.insert(1 if folder != ROOT else 0, folder)
    return ".".join(parts)


def main(selected: Sequence[str]) -> int:
    """Run ``selected``; gives the exit code."""
    sys.path[:] = [ROOT, *(entry for entry in sys.path if entry not in ("", ROOT))]
    emit("configured", framework="unittest", python=sys.version.split()[0])
    importlib.invalidate_caches()
    suite = load(selected)
    collected(suite)
    result = Result()
    result.buffer = True
    if not _COLLECT_ONLY:
        suite.run(result)
    code = 0 if result.wasSuccessful() else 1
    finish(code)
    return code


if __name__ == "__main__":
    sys.modules["workbench_unittest_reporter"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1:]))
