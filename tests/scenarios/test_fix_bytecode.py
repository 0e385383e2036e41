"""What is compiled for the tests is kept, outside of the user's tree, and never taken for what the file is now."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from workbench.case.enums import TestOutcome
from workbench.case.model import TestRun
from workbench.engine.options import from_arguments
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

AN_HOUR_AGO = time.time() - 3600


def dated(path: Path, when: float) -> None:
    """Give a file a time."""
    os.utime(path, (when, when))


@pytest.mark.parametrize("when", [AN_HOUR_AGO, None], ids=("long ago", "not settled"))
async def test_an_edit_of_the_same_length_and_second_is_seen(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, when: float | None
) -> None:
    quick(monkeypatch)
    repo = make_repo(
        {"conftest.py": "", "shop.py": "N = 1\n", "test_shop.py": "import shop\n\n\ndef test_n():\n    1\n"}
    )
    given = Namespace(store=str(repo.path.parent / "data"), jobs=1, trust=True)
    session = await Session.open(repo.path, from_arguments(given))
    cache = session.services.options.cache
    at = when or time.time() + 3600

    async def ran(code: str, test: str) -> TestRun:
        dated(repo.write("shop.py", code), at)
        dated(repo.write("test_shop.py", f"import shop\n\n\ndef test_n():\n    {test}\n"), at)
        return await run_tests(session.services)

    try:
        for code, test, outcome in (
            ("N = 1\n", "assert shop.N == 1", TestOutcome.PASSED),
            ("N = 2\n", "assert shop.N == 1", TestOutcome.FAILED),
            ("N = 2\n", "assert shop.N == 2", TestOutcome.PASSED),
        ):
            run = await ran(code, test)
            assert [result.outcome for result in run.results] == [outcome], (code, test)
    finally:
        await session.close()
    kept = {path.name.partition(".")[0] for path in cache.rglob("bytecode/**/*.pyc") if "repo" in str(path)}
    assert ("shop" in kept) is (when is not None), "what was saved just now is not kept"
    assert not list(repo.path.rglob("__pycache__")), "nothing is written into the user's tree"
