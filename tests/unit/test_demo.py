"""The demo incident is the same everywhere, and its log speaks of its repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from workbench.demo import DemoError, DemoIncident, open_demo, write_demo

HEAD_OF_A_RECORD = re.compile(r"^(\S+Z) (INFO|WARNING|ERROR) (\S+) \[([0-9a-f]{8}|-)\] (.*)$")
FRAME = re.compile(r'  File "/srv/app/(?P<path>[^"]+)", line (?P<line>\d+), in (?P<function>\w+)\n    (?P<source>.+)')
ONSET = datetime(2026, 11, 12, 14, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> DemoIncident:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def records(incident: DemoIncident) -> list[tuple[datetime, str, str, str]]:
    """Time, level, logger and text of each record, its traceback included."""
    parts: list[list[str]] = []
    for line in incident.log.read_text(encoding="utf-8").splitlines():
        if HEAD_OF_A_RECORD.match(line):
            parts.append([])
        parts[-1].append(line)
    records = []
    for lines in parts:
        found = HEAD_OF_A_RECORD.match(lines[0])
        assert found
        text = "\n".join([found[5], *lines[1:]])
        records.append((datetime.fromisoformat(found[1]), found[2], found[3], text))
    return records


def git(repo: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repo, check=True, capture_output=True, text=True).stdout


def family(text: str) -> str:
    """The last exception of a chain."""
    return text.splitlines()[-1].partition(":")[0].rpartition(".")[2]


def unhandled(records: list[tuple[datetime, str, str, str]]) -> list[tuple[datetime, str]]:
    return [(at, family(text)) for at, _, _, text in records if text.startswith("Internal Server Error")]


def test_a_history_by_several_people(incident: DemoIncident) -> None:
    lines = git(incident.repo, "log", "--reverse", "--format=%an|%at|%s").splitlines()
    authors, times, subjects = zip(*(line.split("|", 2) for line in lines), strict=True)
    assert len(lines) >= 12
    assert len(set(authors)) >= 3
    assert sorted(times) == list(times)
    assert git(incident.repo, "status", "--porcelain") == ""
    assert git(incident.repo, "tag").split() == ["r410", "r411", "r412"]
    released = git(incident.repo, "log", "--format=%s", "r411..r412").splitlines()
    culprits = {
        "Faster refresh: drop the row lock",
        "A database timeout of our own",
        "Limit partner sign-ins too",
        "Fail fast: database timeout 5 s -> 1 s, pool 20 -> 4",
    }
    assert culprits < set(released)
    assert subjects[0] not in released


def test_the_hashes_are_the_same_whatever_the_user_has_configured(
    incident: DemoIncident, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("applypatch-msg", "pre-applypatch", "post-commit", "post-checkout", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    config = tmp_path / ".gitconfig"
    config.write_text(
        f"[core]\nhooksPath = {hooks}\nautocrlf = true\n[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n"
        f"[init]\ndefaultBranch = trunk\ntemplateDir = {tmp_path}\n[user]\nname = Someone\nemail = s@example.com\n"
        "[am]\nkeepcr = true\nthreeWay = true\n[mailinfo]\nscissors = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Someone Else")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    again = write_demo(tmp_path / "again")
    monkeypatch.undo()
    for revision in ("main", "r410", "r411", "r412"):
        assert git(again.repo, "rev-parse", revision) == git(incident.repo, "rev-parse", revision)
    assert not (tmp_path / "ran").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "auth-service").mkdir()
    (tmp_path / "auth-service" / "mine").write_text("mine")
    with pytest.raises(DemoError, match="exists already"):
        write_demo(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["auth-service", "mine"]


def test_a_second_time_it_is_opened_as_it_was_left(tmp_path: Path) -> None:
    first = open_demo(tmp_path)
    assert not first.again
    assert open_demo(tmp_path) == replace(first, again=True)
    (first.repo / "accounts" / "tokens.py").write_text("mine")
    (first.repo / "notes.txt").write_text("mine too")
    git(first.repo, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--allow-empty", "-qm", "mine")
    first.log.unlink()
    again = open_demo(tmp_path)
    assert again.kept == ("accounts/tokens.py", "notes.txt", "1 commit of your own")
    assert (first.repo / "accounts" / "tokens.py").read_text() == "mine"
    assert again.log.stat().st_size > 1_000_000


def test_of_two_who_open_it_at_once_one_writes_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        opened = [pool.submit(open_demo, tmp_path / "demo") for _ in range(2)]
    assert sorted(each.result().again for each in opened) == [False, True]
    assert not [*tmp_path.glob("demo/.writing-*")]


def test_what_is_not_the_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "auth-service").mkdir()
    git(tmp_path / "auth-service", "init", "-q")
    with pytest.raises(DemoError, match="is not the demo"):
        open_demo(tmp_path)


def test_a_demo_that_failed_half_way_leaves_nothing_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DemoError, match="git is not installed"):
        open_demo(tmp_path)
    monkeypatch.undo()
    assert not list(tmp_path.iterdir())
    assert not open_demo(tmp_path).again


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DemoError, match="git is not installed"):
        write_demo(tmp_path / "demo")


def test_the_projects_libraries_are_not_needed_to_write_it(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from workbench.demo import write_demo; write_demo(pathlib.Path(sys.argv[1]))\n"
        "print(sorted({'django', 'jwt', 'textual', 'git'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "demo"], check=True, capture_output=True, text=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_the_log_names_the_release_that_runs(incident: DemoIncident, records: list) -> None:
    (start,) = [(at, text) for at, _, name, text in records if name == "config.wsgi"]
    assert incident.deployed == "r412"
    assert f"release r412 ({git(incident.repo, 'rev-parse', 'r412^{commit}').strip()}) started" in start[1]
    assert f"{start[0]:%H:%M}" == "13:57"


def test_the_log_is_in_order_and_covers_ninety_minutes(records: list) -> None:
    times = [at for at, *_ in records]
    assert all(before <= after for before, after in pairwise(times))
    assert f"{times[0]:%H:%M}" == "13:00"
    assert f"{times[-1]:%H:%M}" == "14:30"
    assert max(after - before for before, after in pairwise(times)).seconds < 20


def test_the_four_families_have_their_shares(records: list) -> None:
    families = Counter(kind for _, kind in unhandled(records))
    shares = {kind: 100 * count / families.total() for kind, count in families.items()}
    expected = {
        "DatabaseTimeout": 35,
        "TokenRefreshConflict": 25,
        "RateLimitExceeded": 25,
        "InvalidSignatureError": 15,
    }
    assert shares.keys() == expected.keys()
    assert shares == pytest.approx(expected, abs=3)
    answered = sum(" 500 user=" in text for _, _, name, text in records if name == "accounts.requestlog")
    assert answered == families.total()


def test_three_families_are_new_and_one_was_always_there(records: list) -> None:
    before = Counter(kind for at, kind in unhandled(records) if at < ONSET)
    after = [(at, kind) for at, kind in unhandled(records) if at >= ONSET]
    assert set(before) == {"InvalidSignatureError"}
    assert before["InvalidSignatureError"] >= 15
    new = sorted(at for at, kind in after if kind != "InvalidSignatureError")
    assert (new[0] - ONSET).seconds < 60
    middle = new[0] + (new[-1] - new[0]) / 2
    assert sum(at > middle for at in new) > 1.3 * sum(at <= middle for at in new)


def test_r411_met_the_same_and_answered_it(records: list) -> None:
    before = Counter(text for at, _, name, text in records if at < ONSET and name == "django.request")
    assert before["Conflict: /api/refresh"]
    assert before["Too Many Requests: /api/login"]
    slow = [text for at, level, _, text in records if at < ONSET and level == "WARNING" and "slow request" in text]
    assert slow


def test_a_database_timeout_has_a_cause(records: list) -> None:
    text = next(text for _, _, _, text in records if family(text) == "DatabaseTimeout")
    raised = re.findall(r"^(\S+): ", text.replace("Internal Server Error: ", ""), re.MULTILINE)
    assert raised == [
        "sqlite3.OperationalError",
        "django.db.utils.OperationalError",
        "accounts.errors.DatabaseTimeout",
    ]


def test_every_frame_is_a_line_of_the_release_that_ran(incident: DemoIncident, records: list) -> None:
    deploy = next(at for at, _, name, _ in records if name == "config.wsgi")
    sources: dict[tuple[str, str], list[str]] = {}
    seen = set()
    for at, _, _, text in records:
        release = "r411" if at < deploy else "r412"
        for frame in FRAME.finditer(text):
            where = (release, frame["path"])
            if where not in sources:
                sources[where] = git(incident.repo, "show", f"{release}:{frame['path']}").splitlines()
            assert sources[where][int(frame["line"]) - 1].strip() == frame["source"]
            seen.add((frame["path"], frame["function"]))
    assert {
        ("accounts/tokens.py", "refresh"),
        ("accounts/middleware.py", "get_token"),
        ("accounts/limits.py", "check"),
        ("accounts/partners.py", "read"),
    } <= seen


def test_the_log_gives_nothing_away_of_where_it_was_recorded(incident: DemoIncident) -> None:
    paths = re.findall(r'File "([^"]+)"', incident.log.read_text(encoding="utf-8"))
    assert {path.split("/")[1] for path in paths} == {"srv"}
    assert "eyJ" not in incident.log.read_text(encoding="utf-8")


def test_the_log_is_small_enough_to_ship() -> None:
    packed = Path(__file__).parents[2] / "workbench" / "demo" / "data" / "auth-service.log.gz"
    assert packed.stat().st_size < 300_000
