"""``go test -json``: one event a line (``go doc test2json``). A test is ``FOLDER::TestName/subtest``."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench.api import TestCommand, TestEvent, TestOutcome, TestRequest
from workbench_languages.foreign import FINISHED, Foreign, ended

_OUTCOMES = {"pass": TestOutcome.PASSED, "fail": TestOutcome.FAILED, "skip": TestOutcome.SKIPPED}
_FRAME = re.compile(r"(?:^|[\s/])([\w.-]+_test\.go):(\d+)", re.MULTILINE)
_NOT_BUILT = re.compile(r"FAIL\s+(\S+) \[((?:build|setup) failed)\]")
_CHATTER = re.compile(r"\s*(=== |--- )")


class GoRunner(Foreign):
    """Implements :class:`workbench.api.ReadingRunner`."""

    def command(self, request: TestRequest) -> TestCommand:
        """Selected tests of several folders are run by name in all of these folders."""
        folders = sorted({f"./{test.partition('::')[0]}" for test in request.tests}) or ["./..."]
        names = sorted({test.partition("::")[2].split("/")[0] for test in request.tests if "::" in test})
        picked = ["-run", f"^({'|'.join(map(re.escape, names))})$"] if names else []
        argv = ("go", "test", "-json", *request.options, *picked, *folders)
        return TestCommand(argv, request.root, request.env)

    def reader(self, request: TestRequest) -> GoReader:
        """A reader that knows the module's name."""
        return GoReader(module_of(Path(request.root, "go.mod").read_text(encoding="utf-8", errors="replace")))


class GoReader:
    """Gathers what each test printed, and reads its place from it."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._said: defaultdict[str, list[str]] = defaultdict(list)
        self._tested: set[str] = set()

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line; what is no JSON tells of a package that could not be built."""
        try:
            data = json.loads(line)
        except ValueError:
            return self._not_built(line.decode("utf-8", "replace"))
        return tuple(self._events(data)) if isinstance(data, dict) else ()

    def end(self) -> Sequence[TestEvent]:
        """It has ended."""
        return (FINISHED,)

    def _not_built(self, line: str) -> Sequence[TestEvent]:
        found = _NOT_BUILT.match(line)
        if found is None:
            return ()
        folder = self._folder(found[1])
        return (TestEvent("collect_error", folder, message=found[2], traceback=line, path=folder),)

    def _folder(self, package: str) -> str:
        return package.removeprefix(self._module).lstrip("/") or "."

    def _events(self, data: dict[str, Any]) -> Iterator[TestEvent]:
        package, action = str(data.get("Package", "")), data.get("Action")
        folder = self._folder(package)
        test = data.get("Test", "")
        ident = f"{folder}::{test}" if test else folder
        if action == "output":
            self._said[ident].append(str(data.get("Output", "")))
        elif action == "run":
            self._tested.add(folder)
            yield TestEvent("start", ident)
        elif action in _OUTCOMES and test:
            text = "".join(part for part in self._said.pop(ident, []) if not _CHATTER.match(part))
            found = list(_FRAME.finditer(text))
            path, line = (f"{folder}/{found[-1][1]}".removeprefix("./"), int(found[-1][2])) if found else ("", 0)
            yield from ended(ident, _OUTCOMES[action], float(data.get("Elapsed", 0.0)), text, path, line)
        elif action == "fail" and folder not in self._tested:
            text = "".join(self._said.pop(ident, []))
            yield TestEvent("collect_error", ident, message=text.strip().split("\n")[-1], traceback=text, path=folder)


def module_of(text: str) -> str:
    """The module that a ``go.mod`` declares, empty where it declares none."""
    found = re.search(r"^module\s+\"?([^\s\"]+)", text, re.MULTILINE)
    return found[1] if found else ""
