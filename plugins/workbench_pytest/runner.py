"""The command that runs pytest with the reporter, and the reading of what the reporter writes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.api import TestCommand, TestEvent, TestRequest, test_events

_REPORTER = Path(__file__).parent / "reporter"
_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", "build", "dist"}


class PytestRunner:
    """Implements :class:`workbench.api.Runner`."""

    events_on_stdout = False
    framework = "pytest"

    def applies(self, root: str) -> str:
        """Looks for pytest's configuration, then for a file that pytest would collect."""
        top = Path(root)
        if (top / "pytest.ini").exists() or (top / "conftest.py").exists():
            return ""
        for name, mark in (("pyproject.toml", "[tool.pytest"), ("setup.cfg", "[tool:pytest]"), ("tox.ini", "[pytest]")):
            path = top / name
            if path.is_file() and mark in path.read_text(encoding="utf-8", errors="replace"):
                return ""
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if name not in _SKIPPED]
            if any(is_test_file(name) for name in names):
                return ""
            if folder.count(os.sep) - str(top).count(os.sep) > 4:
                folders.clear()
        return "no file that pytest would collect"

    def command(self, request: TestRequest) -> TestCommand:
        """A file that cannot be collected keeps no other from running. In the user's own tree nothing is written:
        bytecode goes into ``request.cache``; another tree is ours."""
        argv = [request.interpreter, "-m", "pytest", "-p", "workbench_pytest_reporter"]
        argv += ["-p", "workbench_pytest_coverage"] if request.coverage else []
        if request.coverage and not request.tests:
            argv += ["-p", "workbench_pytest_sharing", "-p", "workbench_pytest_searched"]
        scratch = str(Path(request.events).parent)
        argv += ["-o", f"cache_dir={scratch}/pytest_cache", "--tb=short", "-q", "--no-header"]
        argv += ["--continue-on-collection-errors", *request.options]
        if request.collect_only:
            argv.append("--collect-only")
        given = request.env.get("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
        path = [str(_REPORTER), *request.import_roots, *filter(None, [given])]
        env = {
            **request.env,
            "PYTHONPATH": os.pathsep.join(path),
            "WORKBENCH_EVENTS": request.events,
            "WORKBENCH_ROOT": request.root,
            "WORKBENCH_PACKAGES": os.pathsep.join(request.packages),
            "WORKBENCH_HOME_TREE": request.home_tree,
        }
        if not request.home_tree:
            env["PYTHONDONTWRITEBYTECODE"] = "1"
            env["WORKBENCH_BYTECODE"] = str(Path(request.cache, "bytecode")) if request.cache else ""
        return TestCommand((*argv, "--", *request.tests) if request.tests else tuple(argv), request.root, env)

    def server(self, request: TestRequest, preload: Sequence[str]) -> TestCommand:
        """The fork server (see its module), with ``preload`` imported before a run is asked for."""
        command = self.command(request)
        env = {**command.env, "WORKBENCH_PRELOAD": json.dumps(list(preload))}
        return TestCommand((request.interpreter, "-m", "workbench_pytest_server"), request.root, env)

    def template(self, request: TestRequest) -> TestCommand:
        """A run of everything that stops when all is collected (see workbench_pytest_template)."""
        command = self.command(replace(request, tests=(), coverage=True))
        names = {"workbench_pytest_searched": "workbench_pytest_template"}
        return replace(command, argv=tuple(names.get(each, each) for each in command.argv))

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """The lines of our reporter."""
        return test_events(line)


def is_test_file(name: str) -> bool:
    """Whether pytest collects a file of this name by default (Django's ``tests.py`` counts)."""
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py") or name == "tests.py")
