"""Where a run of everything looks for tests: a file that is new elsewhere holds none of the project's.

Loaded with ``-p workbench_pytest_searched`` beside the reporter, in runs of everything. Told when all is collected:
where the run began, the names of files with tests, the folders that are left out by name, what else was passed over.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from workbench_pytest_reporter import _emit, _of_workers

_of_workers.append("searched")  # the controller of xdist's workers collects nothing
_passed: list[str] = []


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_ignore_collect(collection_path: Any, config: Any) -> Any:
    outcome = yield
    if outcome.get_result():
        _passed.append(_below(str(collection_path)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: Any) -> None:
    config = session.config
    top = str(config.invocation_params.dir)
    _emit(
        "searched",
        starts=sorted({_below(os.path.join(top, str(arg).partition("::")[0])) for arg in config.args}),
        names=list(config.getini("python_files")),
        skipped=list(config.getini("norecursedirs")),
        passed=sorted(set(_passed)),
    )


def _below(path: str) -> str:
    """A path as the project's, "" for the project itself; one outside of it begins with two dots."""
    below = os.path.relpath(path, os.environ.get("WORKBENCH_ROOT") or ".").replace(os.sep, "/")
    return "" if below == "." else below
