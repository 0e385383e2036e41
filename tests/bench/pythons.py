"""Whether tests run, warm and cold, with what each of them entered, in other Pythons and with other versions of pytest.

    python tests/bench/pythons.py PYTHON...

Each PYTHON is an interpreter with pytest. A small project with a test of every outcome is run cold, then forked; then a
function is edited, and only the test that enters it must be chosen; then a test ends its process (the one after it
runs in another), and xdist runs the rest where it is installed. Prints a row for each; all must say the same.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from workbench.case.enums import TestOutcome
from workbench.case.model import TestRun
from workbench.engine.options import from_arguments
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

FILES = {
    "conftest.py": "",
    "shop.py": "def total(prices):\n    return sum(prices)\n\n\ndef label(price):\n    return str(price) + ' EUR'\n",
    "test_shop.py": """import os
import pytest
from shop import label, total


def test_total():
    assert total([1, 2]) == 3


class TestLabel:
    @pytest.mark.parametrize("price", [1, 2])
    def test_label(self, price):
        assert label(price) == "1 EUR"


@pytest.fixture
def broken():
    raise OSError("no door")


def test_fixture(broken):
    pass


@pytest.mark.skip(reason="later")
def test_skipped():
    pass


@pytest.mark.xfail
def test_known():
    assert 1 == 2


def test_prints(capsys):
    os.environ.clear()
    print("x" * 1000)
""",
    "test_bad.py": "import nothing_of_that_name\n",
}
EXPECTED = {
    "test_shop.py::test_total": TestOutcome.PASSED,
    "test_shop.py::TestLabel::test_label[1]": TestOutcome.PASSED,
    "test_shop.py::TestLabel::test_label[2]": TestOutcome.FAILED,
    "test_shop.py::test_fixture": TestOutcome.ERROR,
    "test_shop.py::test_skipped": TestOutcome.SKIPPED,
    "test_shop.py::test_known": TestOutcome.XFAILED,
    "test_shop.py::test_prints": TestOutcome.PASSED,
    "test_bad.py": TestOutcome.COLLECTION_ERROR,
}
CLEAN = {"test_bad.py": "", "test_shop.py": FILES["test_shop.py"].split("@pytest.fixture")[0]}
CLEANED = {test: outcome for test, outcome in EXPECTED.items() if "test_total" in test or "TestLabel" in test}
ENDS = """import os


def test_before():
    pass


def test_end():
    os._exit(3)


def test_after():
    pass
"""
DIED = {
    "test_end.py::test_before": TestOutcome.PASSED,
    "test_end.py::test_end": TestOutcome.CRASHED,
    "test_end.py::test_after": TestOutcome.PASSED,
}


def has(module: str, python: str) -> bool:
    """Whether an interpreter has a module."""
    return not subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode


def wrong(run: TestRun | None, expected: Mapping[str, TestOutcome]) -> str:
    """What differs from what is expected, or the empty string."""
    if run is None:
        return "no run"
    found = {result.id: result.outcome for result in run.results}
    return differs(found, expected) and f"{run.status}, {run.message}: {differs(found, expected)}"


def differs(found: Mapping[str, TestOutcome], expected: Mapping[str, TestOutcome]) -> str:
    """The first tests with another outcome than expected, or the empty string."""
    differing = sorted(test for test in {*found, *expected} if found.get(test) is not expected.get(test))
    return str([(test, found.get(test)) for test in differing][:3]) if differing else ""


async def bench(python: str, folder: Path) -> None:
    """One row."""
    os.environ["WORKBENCH_PYTHON"] = python
    repo = folder / "repo"
    for name, text in FILES.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    subprocess.run(["git", "init", "-q", str(repo)], check=True)
    session = await Session.open(repo, from_arguments(Namespace(store=str(folder / "data"), jobs=1, trust=True)))
    live = session.tests
    said = []
    try:
        for name in ("cold", "forked"):
            await live.start().wait()
            said.append(f"{name}: {wrong(live.last, EXPECTED) or 'as expected'}")
        why = live.cold
        for name, text in CLEAN.items():
            (repo / name).write_text(text)
        (repo / "test_bad.py").unlink()
        await live.start().wait()
        (repo / "shop.py").write_text(FILES["shop.py"].replace("sum(prices)", "sum(list(prices))"))
        await live.start_affected(["shop.py"]).wait()
        ran = [result.id for result in live.last.results] if live.last else []
        said.append(f"affected: {'as expected' if ran == ['test_shop.py::test_total'] else f'{ran}, {live.why}'}")
        (repo / "test_end.py").write_text(ENDS)
        await live.start(["test_end.py"]).wait()
        board = {test: each.result.outcome for test, each in live.board.files["test_end.py"].items()}
        said.append(f"a test that ends the process: {differs(board, DIED) or 'as expected'}")
        (repo / "test_end.py").unlink()
        several = await run_tests(session.services, options=("-n", "2")) if has("xdist", python) else None
        said.append(f"xdist: {wrong(several, CLEANED) or 'as expected' if several else 'not there'}")
    finally:
        await session.close()
    told = subprocess.run(
        [python, "-c", "import sys, pytest; print(sys.version.split()[0], 'pytest', pytest.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"| {told.stdout.strip()} | {why or 'forked'} | " + " | ".join(said) + " |", flush=True)


if __name__ == "__main__":
    for given in map(os.path.abspath, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as place:
            os.environ["HOME"] = place
            asyncio.run(bench(given, Path(place)))
