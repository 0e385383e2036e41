"""The demo's project is real: its tests run, its defects show, a right fix cures them, and plausible ones do not."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.scenarios.project import DJANGO
from workbench.demo import write_demo

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("jwt", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")

FIXES = Path(__file__).parent / "demo_fixes"
RUNS = 20

RACE = f"""
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from accounts import tokens
from accounts.models import Token, User


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range({RUNS}))
def test_one_winner(run):
    bearer = f"Bearer {{tokens.encode(tokens.issue(User.objects.create(email='ada@example.com')))}}"
    barrier, statuses = Barrier(10), []

    def refresh():
        client = Client(raise_request_exception=False)
        barrier.wait()
        statuses.append(client.post("/api/refresh", headers={{"Authorization": bearer}}).status_code)
        connection.close()

    threads = [Thread(target=refresh) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Token.objects.filter(refreshed_at=None).count() == 1
"""

INTENDED = """
import sqlite3

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts import tokens
from accounts.models import User


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_second_refresh(client, bearer):
    statuses = [client.post("/api/refresh", headers=bearer).status_code for _ in range(2)]
    assert statuses == [200, 409]


def test_too_many_attempts(client, user):
    body = {"email": user.email, "password": "wrong"}
    for _ in range(settings.LOGIN_LIMIT + 1):
        answer = client.post("/api/login", body, content_type="application/json")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/api/me", "/api/sessions"])
def test_database_is_busy(client, bearer, path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    connection.close()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.get(path, headers=bearer)
    other.close()
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_everyone_is_themselves(client, user):
    bob = User.objects.create(email="bob@example.com")
    for person in (user, bob, user):
        bearer = {"Authorization": f"Bearer {tokens.encode(tokens.issue(person))}"}
        assert client.get("/api/me", headers=bearer).json()["id"] == person.pk


def test_a_replaced_token_is_refused(client, bearer):
    assert client.get("/api/me", headers=bearer).status_code == 200
    client.post("/api/refresh", headers=bearer)
    assert client.get("/api/me", headers=bearer).status_code == 401
"""

ONE_OF_SEVERAL_PROCESSES = """
import sys

import django

django.setup()

from django.test import Client, utils

utils.setup_test_environment()
client = Client(raise_request_exception=False)
client.get("/healthz")
print("ready", flush=True)
raw = sys.stdin.readline().strip()
print(client.post("/api/refresh", headers={"Authorization": f"Bearer {raw}"}).status_code, flush=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_demo(tmp_path).repo


def git(repo: Path, *arguments: str | Path) -> None:
    subprocess.run(["git", *arguments], cwd=repo, check=True, capture_output=True)


def environment(**more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO", "DATA"))}
    return inherited | {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | more


def run(project: Path, *arguments: str) -> tuple[int, list[str]]:
    """How many of the project's tests passed under this interpreter, and the names of those that did not."""
    report = project.parent / "report.xml"
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", DJANGO, f"--junitxml={report}"]
    done = subprocess.run(
        [*argv, *arguments], cwd=project, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [case.get("name", "") for case in cases if case.find("failure") is not None]
    assert not [
        case.get("name") for case in cases if case.find("error") is not None or case.find("skipped") is not None
    ]
    return len(cases) - len(failed), failed


@pytest.mark.parametrize("revision", ["r411", "main"])
def test_its_own_tests_pass(project: Path, revision: str) -> None:
    git(project, "checkout", "--quiet", revision)
    passed, failed = run(project)
    assert passed > 50
    assert not failed


def test_it_starts_and_its_migrations_are_complete(project: Path) -> None:
    for command in (["check"], ["makemigrations", "--check", "--dry-run"], ["migrate"], ["seed_users"], ["purge"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=project, check=True, env=environment())
    status = subprocess.run(["git", "status", "--porcelain"], cwd=project, capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_the_race_shows_in_most_runs_and_never_after_a_right_fix(project: Path) -> None:
    (project / "tests" / "test_race.py").write_text(RACE)
    _, failed = run(project, "tests/test_race.py")
    assert len(failed) > RUNS / 2
    git(project, "apply", FIXES / "right.patch")
    assert run(project, "tests/test_race.py") == (RUNS, [])


def test_each_defect_is_red_and_turns_green_with_a_right_fix(project: Path) -> None:
    (project / "tests" / "test_intended.py").write_text(INTENDED)
    _, failed = run(project)
    assert failed == [
        "test_second_refresh",
        "test_too_many_attempts",
        "test_database_is_busy[/api/me]",
        "test_database_is_busy[/api/sessions]",
    ]
    git(project, "apply", FIXES / "right.patch")
    _, failed = run(project)
    assert not failed


@pytest.mark.parametrize(
    ("name", "shown_by"),
    [
        ("lock_per_process", []),
        ("cache_by_prefix", ["test_everyone_is_themselves", "test_a_replaced_token_is_refused"]),
        ("cache_outlives_refresh", ["test_a_replaced_token_is_refused"]),
        ("swallowed", ["test_second_refresh"]),
    ],
)
def test_an_unsafe_fix_pleases_the_projects_own_tests(project: Path, name: str, shown_by: list[str]) -> None:
    (project / "tests" / "test_intended.py").write_text(INTENDED)
    git(project, "apply", FIXES / f"{name}.patch")
    _, failed = run(project)
    assert failed == shown_by


def test_a_lock_in_one_process_does_not_stop_another(project: Path, tmp_path: Path) -> None:
    git(project, "apply", FIXES / "lock_per_process.patch")
    assert any(winners(project, tmp_path) > 1 for _ in range(8))
    git(project, "apply", "--reverse", FIXES / "lock_per_process.patch")
    git(project, "apply", FIXES / "right.patch")
    assert [winners(project, tmp_path) for _ in range(2)] == [1, 1]


def winners(project: Path, folder: Path, processes: int = 4) -> int:
    """How many of several processes, each of its own memory, exchange one and the same token."""
    database = folder / "race.sqlite3"
    database.unlink(missing_ok=True)
    settings = environment(DATABASE_URL=f"sqlite:///{database}", DJANGO_SETTINGS_MODULE="config.settings")
    issue = (
        "import django; django.setup(); from accounts import tokens; from accounts.models import User;"
        "print(tokens.encode(tokens.issue(User.objects.create(email='ada@example.com'))))"
    )
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=project, check=True, env=settings)
    token = subprocess.run(
        [sys.executable, "-c", issue], cwd=project, check=True, env=settings, capture_output=True, text=True
    ).stdout
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_OF_SEVERAL_PROCESSES],
            cwd=project,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(processes)
    ]
    assert [racer.stdout.readline() for racer in racers if racer.stdout] == ["ready\n"] * processes
    with ThreadPoolExecutor(processes) as threads:
        answers = list(threads.map(lambda racer: racer.communicate(token, timeout=60)[0].strip(), racers))
    return answers.count("200")
