"""The demo's project, made ready once a session: what judges it here is as in the demo, only quicker.

Passwords are hashed quickly, the database gives up sooner, the load is short, and of the project's tests those stay
that speak of tokens and sign-ins. All of it is committed before the change that is judged.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from workbench_gates import stress

from tests.scenarios.project import DJANGO, quick
from tests.scenarios.test_demo_project import FIXES, RACE
from workbench.analysis.verdict import judge
from workbench.case.model import GateResult, Judgement
from workbench.demo import write_demo
from workbench.engine.options import Options
from workbench.engine.proof import sides
from workbench.engine.session import Session
from workbench.engine.validate import gates_of, validation_of

KEPT = ("test_refresh.py", "test_login.py", "test_me.py", "test_limits.py")
QUICK = """\"\"\"Settings in which nobody waits.\"\"\"

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""
SHORT = """
[load]
seconds = 2.4
clients = 4
"""
ONE = '@pytest.mark.parametrize("run", range(20))\n'
TEST = RACE.replace(ONE, "").replace("test_one_winner(run)", "test_one_winner()")
CLIENTS = 8
"""That refresh one token at once; enough to see the race in each of ten runs."""

AS = ("-c", "user.name=Test Author", "-c", "user.email=author@example.org")


@pytest.fixture(scope="session")
def prepared_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that each test gets a copy of."""
    repo = write_demo(tmp_path_factory.mktemp("demo")).repo
    for test in (repo / "tests").glob("test_*.py"):
        if test.name not in KEPT:
            test.unlink()
    (repo / "config" / "quick.py").write_text(QUICK)
    manage, settings = repo / "manage.py", repo / "workbench.toml"
    manage.write_text(manage.read_text().replace('"config.settings"', '"config.quick"'))
    text = settings.read_text().replace("[server]\n", '[server]\nenv = { DB_TIMEOUT = "1" }\n')
    settings.write_text(text + SHORT)
    for words in (("add", "--all"), (*AS, "commit", "--quiet", "--no-verify", "-m", "quick")):
        subprocess.run(["git", *words], cwd=repo, check=True)
    return repo


@pytest.fixture
def clean_demo(prepared_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, nothing changed."""
    quick(monkeypatch, DJANGO)
    repo = tmp_path / "auth-service"
    shutil.copytree(prepared_demo, repo, symlinks=True)
    return repo


@pytest.fixture
def demo(clean_demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with a test of the change that shows the race, repeated less often."""
    monkeypatch.setattr(stress, "RUNS", 10)
    monkeypatch.setattr(sides, "RACY_REPEATS", 10)
    (clean_demo / "tests" / "test_race.py").write_text(TEST.replace("(10)", f"({CLIENTS})"))
    return clean_demo


def applied(repo: Path, name: str) -> None:
    """Fix the demo so; what was fixed before is taken back first."""
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=repo, check=True)
    subprocess.run(["git", "apply", FIXES / f"{name}.patch"], cwd=repo, check=True)


async def validated(repo: Path, *gates: str) -> tuple[Judgement, dict[str, GateResult]]:
    """The verdict, as ``workbench validate`` gives it, and what each gate said."""
    folder = repo.parent
    options = Options(data=folder / "data", cache=folder / "cache", jobs=1, actor="you", trust=True)
    session = await Session.open(repo, options)
    try:
        async with validation_of(session.services, named=gates) as validation:
            results = await validation.run(gates_of(session.services, gates))
            asked = {result.id for result in results}
            others = [gate for gate in gates_of(session.services) if gate.name not in asked]
            results += await validation.left_out(others)
            return judge(results, validation.change.head), {result.id: result for result in results}
    finally:
        await session.close()
