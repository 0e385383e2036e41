"""A test runner of Django's that reports as JSON lines.

``manage.py test --testrunner workbench_django_reporter.Runner``. It derives from the project's own TEST_RUNNER, and its
databases bear a name of this run's own (WORKBENCH_DATABASE).
"""

from __future__ import annotations

import os
import sys
import unittest
from importlib import import_module
from typing import Any

import django
from django.conf import settings
from django.test.utils import get_runner
from workbench_unittest_reporter import ROOT, Reporting, cases, collected, emit, finish, node_id

_DATABASE = os.environ.get("WORKBENCH_DATABASE")
_NOTES = os.environ.get("WORKBENCH_DATABASES")


_Base: Any = get_runner(settings)


class Runner(_Base):  # type: ignore[misc]  # known when the settings are
    """The project's runner, reporting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["parallel"] = 0
        super().__init__(*args, **kwargs)
        emit("configured", framework="Django " + django.get_version(), python=sys.version.split()[0])

    def build_suite(self, *args: Any, **kwargs: Any) -> Any:
        suite = super().build_suite(*args, **kwargs)
        for test in cases(suite):
            if node_id(test).startswith("..") and hasattr(test, "_dt_test"):  # its class is doctest's
                path = os.path.realpath(test._dt_test.filename)
                test.workbench_file = os.path.relpath(path, ROOT).replace(os.sep, "/")
        collected(suite)
        return suite

    def setup_databases(self, **kwargs: Any) -> Any:
        if _DATABASE:
            own_databases(_DATABASE)
        if _NOTES:
            import_module("workbench_kept_databases").keep(_NOTES)
        return super().setup_databases(**kwargs)

    def get_resultclass(self) -> Any:
        base = super().get_resultclass() or unittest.TextTestResult
        return type("Result", (Reporting, base), {})

    def get_test_runner_kwargs(self) -> dict[str, Any]:
        return {**super().get_test_runner_kwargs(), "buffer": True}

    def suite_result(self, suite: Any, result: Any, **kwargs: Any) -> Any:
        bad = super().suite_result(suite, result, **kwargs)
        finish(1 if bad else 0)
        return bad


def own_databases(prefix: str) -> None:
    """Give every test database a name of its own: a file beside ``prefix`` for SQLite, else a suffix made from it."""
    from django.db import connections

    for alias in connections:
        settings_of = connections[alias].settings_dict
        test = settings_of["TEST"]
        if test.get("MIRROR"):
            continue
        if connections[alias].vendor == "sqlite":
            test["NAME"] = f"{prefix}-{alias}.sqlite3"
        else:
            name = test.get("NAME") or "test_" + str(settings_of["NAME"])
            own = os.path.basename(os.path.dirname(prefix)).replace("-", "_")
            test["NAME"] = f"{name[:40]}_{own}"
