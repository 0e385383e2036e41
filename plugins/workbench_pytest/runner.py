"""The command that runs pytest with the reporter, and the reading of what the reporter writes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.api import Raised, TestCommand, TestEvent, TestOutcome, TestRequest

_REPORTER = Path(__file__).parent / "reporter"
_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", "build", "dist"}


class PytestRunner:
    """Implements :class:`workbench.api.Runner`."""

    events_on_stdout = False

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
        """In the user's own tree nothing is written, bytecode included; another tree is ours."""
        argv = [request.interpreter, "-m", "pytest", "-p", "workbench_pytest_reporter"]
        scratch = str(Path(request.events).parent)
        argv += ["-o", f"cache_dir={scratch}/pytest_cache", "--tb=short", "-q", "--no-header", *request.options]
        if request.collect_only:
            argv.append("--collect-only")
        path = [str(_REPORTER), *request.import_roots, *filter(None, [request.env.get("PYTHONPATH", "")])]
        env = {
            **request.env,
            "PYTHONPATH": os.pathsep.join(path),
            "WORKBENCH_EVENTS": request.events,
            "WORKBENCH_PACKAGES": os.pathsep.join(request.packages),
            "WORKBENCH_HOME_TREE": request.home_tree,
        }
        if not request.home_tree:
            env["PYTHONDONTWRITEBYTECODE"] = "1"
        return TestCommand((*argv, "--", *request.tests) if request.tests else tuple(argv), request.root, env)

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """One JSON object per line; a torn or foreign line is none."""
        try:
            data = json.loads(line)
        except ValueError:
            return ()
        if not isinstance(data, dict):
            return ()
        event = _event(data)
        return (event,) if event else ()


def is_test_file(name: str) -> bool:
    """Whether pytest collects a file of this name by default (Django's ``tests.py`` counts)."""
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py") or name == "tests.py")


def _event(data: dict[str, Any]) -> TestEvent | None:
    kind, ident = data.get("event"), str(data.get("id", ""))
    match kind:
        case "configured":
            return TestEvent("configured", message=f"pytest {data['pytest']}, Python {data['python']}")
        case "collected":
            return TestEvent("collected", ident, path=data["path"], line=data["line"], racy=data["racy"])
        case "collect_error":
            text = str(data["text"])
            path = ident.split("::")[0]
            return TestEvent("collect_error", ident, message=str(data["exception"]), traceback=text, path=path)
        case "start":
            return TestEvent("start", ident)
        case "phase":
            return _phase(data, ident)
        case "modules":
            return TestEvent("modules", modules=data["modules"])
        case "internal_error":
            return TestEvent("internal_error", traceback=str(data["text"]))
        case "finished":
            return TestEvent("finished", count=data["exit"])
        case _:
            return None


def _phase(data: dict[str, Any], ident: str) -> TestEvent:
    raised = data.get("exception")
    return TestEvent(
        "phase",
        ident,
        when=data["when"],
        outcome=TestOutcome(data["outcome"]),
        seconds=data["seconds"],
        message=data["message"],
        traceback=data["text"],
        output="\n".join(f"-- {name}\n{text}" for name, text in data["sections"]),
        raised=_raised(raised) if raised else None,
    )


def _raised(data: dict[str, Any]) -> Raised:
    return Raised(
        type=data["type"],
        bases=tuple(data["bases"]),
        text=data["text"],
        frames=tuple((str(path), int(line), str(function)) for path, line, function in data["frames"]),
        chain=tuple(data["chain"]),
    )
