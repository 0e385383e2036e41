"""The change behind a new error: what touched the function that fails, an hour before, leads over what touched more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from workbench.cli.main import main

BEGAN = datetime(2026, 8, 8, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEB = """from app.match import kinds


def upload(document):
    return kinds(document)
"""
MATCH = """from app.store import rows


def kinds(document):
    found = rows("kind")
    named = [
        row
        for row in found
        if row
    ]
    return list(sorted(named))
"""
TRACE = """Traceback (most recent call last):
  File "/srv/site/app/web.py", line 5, in upload
    return kinds(document)
  File "/srv/site/app/match.py", line 11, in kinds
    return list(sorted(named))
  File "/usr/lib/python3/dist-packages/django/db/backends/utils.py", line 105, in _execute
    return self.cursor.execute(sql, params)
django.db.utils.DataError: invalid input syntax for type integer: "3f-77b1"
"""


def investigated(
    make_repo: Callable[..., RepoBuilder], capsys: pytest.CaptureFixture[str], behind: tuple[str, str]
) -> dict[str, Any]:
    """The document of an investigation: five commits, of which one, that puts the second text of ``behind`` in place of
    the first, is behind the error of the log's last hour."""
    repo = make_repo()
    after = MATCH.replace(*behind)
    for at, message, texts in (
        (BEGAN - 2000 * HOUR, "A site", {"app/web.py": WEB, "app/match.py": MATCH, "app/store.py": "rows = sorted\n"}),
        (BEGAN - 1500 * HOUR, "Lock the index of documents", {"app/web.py": f"{WEB}\n", "app/match.py": f"{MATCH}\n"}),
        (BEGAN - 1 * HOUR, "Look kinds up by permission", {"app/match.py": after}),
        (BEGAN - 0.5 * HOUR, "End the module", {"app/match.py": f"{after}\n\nEND = True\n"}),
        (BEGAN + 2 * HOUR, "Take the list away", {"app/match.py": MATCH.replace("list(sorted(named))", "named")}),
    ):
        for path, text in texts.items():
            repo.write(path, text)
        repo.commit(message, date=at)
    lines = []
    for minute in range(-180, 60):
        stamp = f"{BEGAN + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S},000"
        lines.append(f"{stamp} INFO site.web uploaded a document\n")
        if minute >= 0:
            at = next(n for n, line in enumerate(after.split("\n"), 1) if "sorted(named)" in line)
            lines.append(f"{stamp} ERROR site.web upload failed\n{TRACE.replace('line 11', f'line {at}')}")
    log = Path(repo.path.parent, "site.log")
    log.write_text("".join(lines))
    ran = ["--deployed", "HEAD~1", "--log", str(log)]
    assert main(["investigate", "--repo", str(repo.path), *ran, "--format", "json", "no upload"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_change_of_the_hour_before_leads_and_says_why(
    make_repo: Callable[..., RepoBuilder], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = investigated(make_repo, capsys, ('"kind"', '"kind", True'))
    first, *rest = answer["changes"]
    assert first["summary"] == "Look kinds up by permission"
    said = {signal["name"]: signal["detail"] for signal in first["signals"]}
    assert said["touched_function"] == "last changed app/match.py:5 in kinds, where errors end"
    assert said["touches_hot_file"] == "touches app/match.py, 60 errors end there"
    assert said["before_onset"] == "60 min before the errors began"
    late = next(change for change in rest if change["summary"] == "Take the list away")
    assert late["score"] < 0
    assert any(signal["detail"] == "2 h after the errors began" for signal in late["signals"])

    cause = answer["hypotheses"][0]
    assert (cause["class"], cause["path"]) == ("code", "app/match.py")
    assert any("Look kinds up by permission" in item["text"] for item in cause["evidence"]["for"])
    classes = {cause["class"] for cause in answer["hypotheses"]}
    assert "capacity" not in classes, "a value that a database refuses is no want of capacity"


def test_a_commit_that_took_a_guard_out_of_the_function_leads_though_no_line_tells_of_it(
    make_repo: Callable[..., RepoBuilder], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = investigated(make_repo, capsys, ("        if row\n", ""))
    first = answer["changes"][0]
    said = {signal["name"]: signal["detail"] for signal in first["signals"]}
    assert first["summary"] == "Look kinds up by permission"
    assert said["took_lines_out"] == "took a line out of kinds, near app/match.py:11, where errors end"
    cause = answer["hypotheses"][0]
    assert (cause["class"], cause["path"]) == ("code", "app/match.py")
    assert any(
        item["text"].split('" ')[1].startswith("took lines out of kinds") for item in cause["evidence"]["for"][1:]
    )
