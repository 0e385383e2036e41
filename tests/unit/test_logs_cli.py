"""``workbench logs``: the document, the assignments, the text, and what it answers to bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_logs_formats import SAMPLES, TRACE
from workbench.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the document of ``workbench logs … --format json``."""
    code = main(["logs", *argv, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def shop_log(path: Path, count: int = 60) -> Path:
    """A log of requests, some of which fail in one place."""
    lines = []
    for n in range(count):
        lines.append(f"2026-01-01 00:{n % 60:02d}:00,123 INFO [1] shop.web: request {n} served in {n} ms")
        if n % 6 == 0:
            lines += [
                f"2026-01-01 00:{n % 60:02d}:01,123 ERROR [1] shop.web: GET /cart/{n} failed for user u{n % 4}",
                TRACE,
            ]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_document_says_sources_patterns_errors_and_onset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, str(shop_log(tmp_path / "app.log")))
    assert code == 0
    assert said["schema"] == 1
    source = said["sources"][0]
    assert (source["records"], source["unreadable"], source["denied"]) == (70, 0, [])
    assert source["from"] == "2026-01-01T00:00:00Z" or source["from"].startswith("2026-01-01T00:00:00")
    assert {pattern["template"]: pattern["count"] for pattern in said["patterns"]} == {
        "request <*> served in <*>": 60,
        "GET <*> failed for user <*>": 10,
    }
    assert sum(pattern["share"] for pattern in said["patterns"]) == pytest.approx(1)
    error = said["errors"][0]
    assert (error["type"], error["count"], error["share"], error["of"]) == ("KeyError", 10, 1.0, "10 error records")
    assert error["endpoints"] == [["GET /cart/<*>", 10]]
    assert error["users"] == 2
    assert sum(error["sparkline"]) == 10
    assert said["onset"] is None


def test_frames_and_messages_are_mapped_to_a_checkout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo = tmp_path / "repo"
    (repo / "shop").mkdir(parents=True)
    (repo / "shop/cart.py").write_text("def line_total(sku, qty):\n    return PRICES[sku] * qty\n")
    (repo / "shop/web.py").write_text('log.info("request %s served in %d ms", request, ms)\n')
    _, said = run(capsys, str(shop_log(tmp_path / "app.log")), "--repo", str(repo))
    assert said["errors"][0]["frames"][-1] | {"text": ""} == {
        "path": "shop/cart.py",
        "line": 2,
        "function": "line_total",
        "mapped": True,
        "text": "",
    }
    assert [(p["path"], p["line"]) for p in said["patterns"] if p["template"].startswith("request")] == [
        ("shop/web.py", 1)
    ]


def test_every_physical_line_has_a_group_and_a_record_has_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shop_log(tmp_path / "app.log")
    out = tmp_path / "groups.csv"
    assert main(["logs", str(log), "--assignments", str(out)]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    lines = log.read_text().splitlines()
    assert [int(row["line_no"]) for row in rows] == list(range(1, len(lines) + 1))
    groups = [row["group_id"] for row in rows]
    of_error = {group for line, group in zip(lines, groups, strict=True) if "served" not in line}
    assert len(of_error) == 1
    assert len(set(groups)) == 2


def test_what_is_new_is_on_top_of_the_text_and_the_rest_is_folded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"2026-01-01 {n // 60:02d}:{n % 60:02d}:00,1 ERROR [1] web: payment {n} declined" for n in range(600)]
    lines += [f"2026-01-01 10:{n:02d}:00,1 ERROR [1] web: ledger entry {n} is missing" for n in range(40)]
    (tmp_path / "app.log").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("COLUMNS", "80")
    main(["logs", str(tmp_path / "app.log")])
    text = capsys.readouterr().out
    assert "it began 2026-01-01 10:00:00 UTC" in text
    rest = text.index("other: 1 more (--all), 600 = 93.8% of 640 error records, as always")
    assert text.index("NEW  ERROR  ledger entry <*> is missing") < text.index("since 10:00:00") < rest
    assert max(map(len, text.splitlines())) <= 80 or str(tmp_path) in max(text.splitlines(), key=len)
    assert "declined" not in text.split("patterns")[0]


def test_since_overrides_the_onset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = run(capsys, str(shop_log(tmp_path / "app.log")), "--since", "2026-01-01T00:30:00Z")
    assert said["onset"] == dict.fromkeys(("at", "from", "to"), "2026-01-01T00:30:00Z")
    assert said["errors"][0]["trend"] == "as_always"


def test_several_files_are_merged_by_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.log", "b.log"):
        shop_log(tmp_path / name)
    _, said = run(capsys, str(tmp_path))
    assert said["sources"][0]["records"] == 140
    assert said["errors"][0]["count"] == 20


def test_failed_requests_have_their_share_of_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = '1.2.3.{n} - - [01/Jan/2026:00:{m:02d}:00 +0000] "POST /login HTTP/1.1" {status} 12 "-" "curl"\n'
    (tmp_path / "access.log").write_text(
        "".join(line.format(n=n, m=n % 60, status=500 if n % 50 == 0 else 200) for n in range(1000))
    )
    _, said = run(capsys, str(tmp_path / "access.log"))
    assert said["impact"] | {"sparkline": [], "rising": None} == {
        "failed": 20,
        "requests": 1000,
        "share": 0.02,
        "of": "1000 requests",
        "users": None,
        "rising": None,
        "sparkline": [],
        "hosts": [],
        "pace": None,
    }
    assert [(e["type"], e["message"], e["count"]) for e in said["errors"]] == [("HTTP 500", "POST /login", 20)]


def test_secrets_in_samples_are_taken_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "Bearer " + "abcDEF0123456789" * 3
    (tmp_path / "app.log").write_text(f"2026-01-01 00:00:00,1 ERROR [1] web: refused Authorization: {secret}\n" * 3)
    _, said = run(capsys, str(tmp_path / "app.log"))
    assert "abcDEF0123456789" not in json.dumps(said)


def test_what_is_not_there_or_closed_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, str(tmp_path / "missing.log"))
    assert (code, said["sources"][0]["denied"]) == (3, [f"{tmp_path}/missing.log: no such file"])
    (tmp_path / "empty").mkdir()
    code, said = run(capsys, str(tmp_path / "empty"))
    assert "no log file in it" in said["sources"][0]["denied"][0]
    shop_log(tmp_path / "app.log")
    (tmp_path / "app.log.1").write_text("older\n")
    _, said = run(capsys, str(tmp_path / "app.log"))
    assert any("app.log.1" in note for note in said["sources"][0]["notes"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop_log(tmp_path / "app.log").chmod(0)
    code, said = run(capsys, str(tmp_path / "app.log"))
    assert code == 3
    assert "not allowed to read it" in said["sources"][0]["denied"][0]


def test_no_source_is_wrong_usage_and_the_likely_ones_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop_log(tmp_path / "app.log")
    monkeypatch.chdir(tmp_path)
    assert main(["logs"]) == 2
    assert "app.log" in capsys.readouterr().err


def workbench(*argv: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "workbench", "logs", *argv], input=stdin, capture_output=True, check=False
    )


def test_standard_input_is_read_and_the_sample_comes_first_in_jsonl(tmp_path: Path) -> None:
    text = "\n".join(SAMPLES["logfmt"]).encode() + b"\n"
    ended = workbench("-", "--format", "jsonl", stdin=text)
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["event"] for event in events] == ["sample", "result"]
    assert events[0]["sampled"]["bytes"] == len(text)
    assert events[1]["sources"][0]["records"] == 8


def test_nothing_of_a_log_acts_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(b"2026-01-01 00:00:00,1 ERROR \x1b[31mred\x1b]0;title\x07 [bold]x[/bold]\n" * 3)
    ended = workbench(str(tmp_path / "app.log"))
    assert b"\x1b" not in ended.stdout + ended.stderr
    assert b"[bold]" in ended.stdout


def test_the_users_and_requests_of_an_error_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stamp = "2026-01-01 00:00:{n:02d},100 ERROR shop: cannot charge user u{n} in request_id=r{n}\n"
    log = tmp_path / "app.log"
    log.write_text("".join(stamp.format(n=n % 3) for n in range(9)))
    target = tmp_path / "who.csv"
    assert main(["logs", str(log), "--who", str(target), "--format", "json"]) == 0
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    rows = [line.split(",") for line in target.read_text().splitlines()]
    assert rows[0] == ["error_id", "kind", "value"]
    assert rows[1:] == [[error["id"], kind, f"{kind[0]}{n}"] for kind in ("request", "user") for n in range(3)]
    assert (error["users"], error["requests"]) == (3, 3)


ODD = {
    "no end of the last line": b"2026-01-01 00:00:00,100 INFO a: x",
    "blank lines": b"\n\n2026-01-01 00:00:00,100 INFO a: x\n\n",
    "returns and breaks that are no line": b"2026-01-01 00:00:00,100 INFO a: x\ry\x0bz\x0c\xe2\x80\xa8\xc2\x85\r\n" * 9,
    "zero bytes": b"2026-01-01 00:00:00,100 INFO a: \0x\n" * 9 + b"\0" * 100_000,
    "mixed encodings": b"INFO a: \xe9\nINFO a: \xc3\xa9\nINFO a: \x93\xfa\n" * 20,
    "a line of two megabytes": b"INFO a: " + b"x" * 2_000_000 + b"\nINFO a: y\n",
    "no text at all": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("odd", ODD)
def test_every_physical_line_of_odd_files_has_a_row(odd: str, tmp_path: Path) -> None:
    """And the files after them begin where they should."""
    (tmp_path / "a.log").write_bytes(ODD[odd])
    (tmp_path / "b.log").write_bytes(b"2026-01-01 00:00:00,100 INFO a: one\n")
    target = tmp_path / "out.csv"
    assert main(["logs", str(tmp_path / "a.log"), str(tmp_path / "b.log"), "--assignments", str(target)]) == 0
    rows = [line.split(",") for line in target.read_text().splitlines()[1:]]
    lines = ODD[odd].count(b"\n") + (not ODD[odd].endswith(b"\n")) + 1
    assert [int(number) for number, _ in rows] == list(range(1, lines + 1))
    assert all(group for _, group in rows)
