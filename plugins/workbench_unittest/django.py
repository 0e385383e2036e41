"""The command that runs ``manage.py test`` with a test runner that reports, and when it fits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from workbench.api import TestCommand, TestEvent, TestRequest, test_events
from workbench_unittest.runner import environment, uses_pytest


class DjangoRunner:
    """Implements :class:`workbench.api.Runner`. The project's own TEST_RUNNER is the base of the one that reports."""

    events_on_stdout = False
    framework = "django"

    def applies(self, root: str) -> str:
        """Looks for manage.py, at the root or one folder down, where pytest is not configured."""
        top = Path(root)
        if said := uses_pytest(top):
            return said
        return "" if _manage(top) else "no manage.py"

    def command(self, request: TestRequest) -> TestCommand:
        """Node ids become the dotted labels that Django takes; it runs beside manage.py, as people run it. Its test
        databases are this run's alone: beside the events for SQLite, else by their names."""
        manage = _manage(Path(request.root)) or Path(request.root, "manage.py")
        argv = [request.interpreter, str(manage), "test", "--noinput", "--testrunner"]
        argv.append("workbench_django_reporter.Runner")
        folder = manage.parent.relative_to(request.root).as_posix()
        labels = tuple(_label(test, folder) for test in request.tests)
        env = {**environment(request), "WORKBENCH_DATABASE": str(Path(request.events).with_name("own"))}
        return TestCommand((*argv, "--", *labels) if labels else tuple(argv), str(manage.parent), env)

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """The lines of our reporter."""
        return test_events(line)


def _manage(top: Path) -> Path | None:
    found = [path for path in (top / "manage.py", *sorted(top.glob("*/manage.py"))) if path.is_file()]
    return found[0] if found else None


def _label(test: str, folder: str) -> str:
    """``shop/tests.py::Cart::test_add`` becomes ``shop.tests.Cart.test_add``, relative to ``folder``."""
    path, *names = test.split("::")
    pure = PurePosixPath(path)
    if folder != "." and pure.is_relative_to(folder):
        pure = pure.relative_to(folder)
    parts = [*pure.parent.parts, pure.stem] if pure.suffix == ".py" else list(pure.parts)
    return ".".join([*parts, *names])
