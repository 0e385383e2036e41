"""Following: what is new is told as it comes, through rotation and truncation."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.tail import Tail
from workbench.engine.logs.following import Follower

LINE = "2026-01-01 00:00:{n:02d},123 {level} [1] shop.web: {text} {n}\n"


def lines(count: int, text: str = "request served", level: str = "INFO") -> str:
    return "".join(LINE.format(n=n % 60, level=level, text=text) for n in range(count))


def test_a_tail_reads_what_is_appended_rotated_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    tail = Tail(str(path))
    assert tail.look().data == b""
    path.write_text("one\n")
    assert tail.look().data == b"one\n"
    with path.open("a") as file:
        file.write("two\nthr")
        file.flush()
        assert tail.look().data == b"two\nthr"
        path.rename(tmp_path / "app.log.1")
        file.write("ee\n")
    path.write_text("four\n")
    rotated = tail.look()
    assert (rotated.data, rotated.happened) == (b"ee\n", "rotated")
    assert tail.look().data == b"four\n"
    path.write_text("5\n")
    truncated = tail.look()
    assert (truncated.data, truncated.happened) == (b"5\n", "truncated")
    tail.close()


def test_every_line_is_counted_and_every_new_error_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.engine.logs.following.AGAIN", 0.0)
    path = tmp_path / "app.log"
    path.write_text(lines(500))
    follower = Follower([Tail(str(path))], Lens())
    told: list[str] = []
    counted = 0

    def look(times: int = 3) -> None:
        nonlocal counted
        for _ in range(times):
            news = follower.look()
            counted += news.lines
            told.extend(error.message for error in news.errors)

    look()
    with path.open("a") as file:
        file.write(lines(100) + lines(1, "ledger is missing", "ERROR"))
    look()
    path.rename(tmp_path / "app.log.1")
    path.write_text(lines(50) + lines(2, "card refused", "ERROR") + lines(1, "ledger is missing", "ERROR"))
    look()
    assert counted == 500 + 101 + 53
    assert told == ["ledger is missing <*>", "card refused <*>"]
    table = follower.table()
    assert (table.lines, table.records) == (654, 654)


def test_a_log_that_was_empty_teaches_its_header_later(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("starting\n")
    follower = Follower([Tail(str(path))], Lens())
    for _ in range(3):
        follower.look()
    with path.open("a") as file:
        file.write(lines(3000) + lines(5, "boom", "ERROR"))
    for _ in range(4):
        follower.look()
    said = follower.digest()
    assert [(error.message, error.count) for error in said.errors] == [("boom <*>", 5)]


def test_an_error_in_two_logs_is_counted_once_however_often_one_looks(tmp_path: Path) -> None:
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    for path in paths:
        path.write_text(lines(10, "boom", "ERROR"))
    follower = Follower([Tail(str(path)) for path in paths], Lens())
    for _ in range(3):
        follower.look()
    assert {error.count for _ in range(3) for error in follower.digest().errors} == {20}


@pytest.fixture
def following(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """``workbench logs --follow`` on a file that is not there yet."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "workbench", "logs", str(tmp_path / "app.log"), "--follow", "--format", "jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield process
    process.terminate()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_the_command_prints_new_errors_as_they_come(following: subprocess.Popen[str], tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text(lines(200) + lines(1, "first boom", "ERROR"))
    assert next_event(following, "error")["message"] == "first boom <*>"
    with path.open("a") as file:
        file.write(lines(1, "second boom", "ERROR"))
    assert next_event(following, "error")["message"] == "second boom <*>"
    path.write_text("")
    assert "truncated" in next_event(following, "happened")["text"]


def next_event(process: subprocess.Popen[str], kind: str) -> dict[str, Any]:
    """The next event of a kind that the command prints."""
    assert process.stdout is not None
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["event"] == kind:
            return event
    raise AssertionError("the command ended")


def test_standard_input_is_followed_to_its_end() -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "workbench", "logs", "-", "--follow", "--format", "jsonl"],
        input=lines(300) + lines(2, "boom", "ERROR"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0
    assert [event["message"] for event in events if event["event"] == "error"] == ["boom <*>"]
