"""The command that runs unittest with the reporter, and when it fits."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.api import TestCommand, TestEvent, TestRequest, test_events

REPORTER = Path(__file__).parent / "reporter"
_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", "build", "dist", "site-packages"}
_MARKS = {"pytest.ini": "", "pyproject.toml": "[tool.pytest", "setup.cfg": "[tool:pytest]", "tox.ini": "[pytest]"}
MOST_LOOKED_AT = 200
"""Test files read to tell whether they are unittest's."""


class UnittestRunner:
    """Implements :class:`workbench.api.Runner`."""

    events_on_stdout = False
    framework = ""

    def applies(self, root: str) -> str:
        """Looks for pytest's configuration, which goes first, then for test files that import unittest."""
        top = Path(root)
        if said := uses_pytest(top):
            return said
        for at, path in enumerate(_test_files(top)):
            if at == MOST_LOOKED_AT:
                break
            if b"unittest" in path.read_bytes():
                return ""
        return "no test file that imports unittest"

    def command(self, request: TestRequest) -> TestCommand:
        """Runs the reporter as a program of its own."""
        argv = (request.interpreter, "-m", "workbench_unittest_reporter", *request.tests)
        return TestCommand(argv, request.root, environment(request))

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """The lines of our reporter."""
        return test_events(line)


def environment(request: TestRequest) -> dict[str, str]:
    """What the reporter finds in its environment."""
    given = request.env.get("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    path = [str(REPORTER), *request.import_roots, *filter(None, [given])]
    return {
        **request.env,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONDONTWRITEBYTECODE": "" if request.home_tree else "1",
        "WORKBENCH_EVENTS": request.events,
        "WORKBENCH_ROOT": request.root,
        "WORKBENCH_PACKAGES": os.pathsep.join(request.packages),
        "WORKBENCH_HOME_TREE": request.home_tree,
        "WORKBENCH_COLLECT_ONLY": "1" if request.collect_only else "",
    }


def uses_pytest(top: Path) -> str:
    """Where pytest is configured, or the empty string."""
    for name, mark in _MARKS.items():
        path = top / name
        if path.is_file() and mark in path.read_text(encoding="utf-8", errors="replace"):
            return f"{name} configures pytest"
    return "conftest.py is pytest's" if (top / "conftest.py").is_file() else ""


def _test_files(top: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if name.startswith("test") and name.endswith(".py"))
