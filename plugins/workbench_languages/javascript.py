"""jest and vitest: both write jest's JSON document when they have ended. A test is ``FILE::its full name``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.api import TestCommand, TestEvent, TestOutcome, TestRequest
from workbench_languages.foreign import FINISHED, Foreign, ended

_OUTCOMES = {"passed": TestOutcome.PASSED, "failed": TestOutcome.FAILED}


class JestRunner(Foreign):
    """Implements :class:`workbench.api.ReadingRunner`."""

    events_on_stdout = False
    program = ("node_modules/.bin/jest", "--json", "--testLocationInResults", "--outputFile")

    def command(self, request: TestRequest) -> TestCommand:
        """Selected tests are asked for by file and by one expression over their names."""
        program, *told = self.program
        files = sorted({test.partition("::")[0] for test in request.tests})
        names = [test.partition("::")[2] for test in request.tests]
        picked = ["-t", f"^({'|'.join(map(re.escape, names))})$"] if names and all(names) else []
        argv = (str(Path(request.root, program)), *told, request.events, *request.options, *picked, *files)
        return TestCommand(argv, request.root, {**request.env, "CI": "1", "NO_COLOR": "1"})

    def reader(self, request: TestRequest) -> JestReader:
        """A reader that makes paths relative to the repository."""
        return JestReader(request.root)


class VitestRunner(JestRunner):
    """The same for vitest, which takes names without regard to where they end."""

    program = ("node_modules/.bin/vitest", "run", "--reporter=json", "--outputFile")

    def command(self, request: TestRequest) -> TestCommand:
        """As jest's; the name of the file stands after ``=``."""
        made = super().command(request)
        argv = list(made.argv)
        at = argv.index("--outputFile")
        argv[at : at + 2] = [f"--outputFile={request.events}"]
        return TestCommand(tuple(argv), made.cwd, made.env)


class JestReader:
    """Reads the document once it is whole."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/") + "/"
        self._lines: list[bytes] = []

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """Nothing is known before the end."""
        self._lines.append(line)
        return ()

    def end(self) -> Sequence[TestEvent]:
        """Every test; nothing, ``finished`` neither, where no whole document was written."""
        try:
            document = json.loads(b"\n".join(self._lines))
            return (*self._events(document), FINISHED)
        except (ValueError, KeyError, TypeError, AttributeError):
            return ()

    def _events(self, document: Mapping[str, Any]) -> Iterator[TestEvent]:
        for file in document["testResults"]:
            path = str(file["name"]).removeprefix(self._root)
            tests = file["assertionResults"]
            if not tests and file.get("status") == "failed":
                text = str(file.get("message", ""))
                yield TestEvent("collect_error", path, message=text.strip().split("\n")[0], traceback=text, path=path)
            for test in tests:
                text = "\n".join(map(str, test.get("failureMessages") or ())).replace(self._root, "")
                outcome = _OUTCOMES.get(test["status"], TestOutcome.SKIPPED)
                seconds = float(test.get("duration") or 0.0) / 1000
                line = _line(text, path) or int((test.get("location") or {}).get("line", 0))
                yield from ended(f"{path}::{test['fullName']}", outcome, seconds, text, path, line)


def _line(text: str, path: str) -> int:
    """The line of ``path`` that a stack names first, 0 where it names none."""
    found = re.search(rf"{re.escape(path)}:(\d+)", text)
    return int(found[1]) if found else 0
