"""Every format that is promised, with a sample of it: its level, its time, its record."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import NotTextError, scan_whole, survey
from workbench.analysis.logs.scan.table import Table
from workbench.case.enums import Level

TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 6, in line_total
    return PRICES[sku] * qty
KeyError: 'sku1'"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def read(path: Path) -> tuple[Table, Digest]:
    """What one file says."""
    table = scan_whole(survey(str(path))[0]).finish()
    return table, digest(table, Lens())


def _numbered(pattern: str) -> list[str]:
    return [pattern.replace("@", str(n)) for n in range(8)]


def _objects(**fields: object) -> list[str]:
    return [json.dumps(fields).replace("@", str(n)) for n in range(8)]


SAMPLES: dict[str, list[str]] = {
    "python asctime level": _numbered("2026-01-01 00:00:0@,123 ERROR [10] shop.web: boom @\n" + TRACE),
    "python dashes": _numbered("2026-01-01 00:00:0@,123 - shop.web - ERROR - boom @\n" + TRACE),
    "python basic": _numbered("ERROR:shop.web:boom @\n" + TRACE),
    "uvicorn": _numbered('INFO:     127.0.0.1:5@ - "GET /a HTTP/1.1" 500 Internal Server Error'),
    "gunicorn": _numbered("[2026-01-01 00:00:0@ +0000] [10] [ERROR] boom @"),
    "structlog": _objects(event="boom @", level="error", timestamp="2026-01-01T00:00:0@.1Z", logger="shop"),
    "python-json-logger": _objects(
        asctime="2026-01-01 00:00:0@,170", levelname="ERROR", name="shop", message="boom", exc_info=TRACE
    ),
    "logfmt": _numbered('time=2026-01-01T00:00:0@Z level=error msg="boom @" user=7'),
    "nginx access": _numbered('1.2.3.4 - - [01/Jan/2026:00:00:0@ +0000] "GET /a HTTP/1.1" 500 12 "-" "curl"'),
    "apache access": _numbered('1.2.3.4 - ann [01/Jan/2026:00:00:0@ +0000] "GET /a?x=@ HTTP/1.1" 503 12'),
    "nginx error": _numbered("2026/01/01 00:00:0@ [error] 12#12: *@ upstream timed out"),
    "apache error": _numbered("[Thu Jan 01 00:00:0@.123456 2026] [core:error] [pid 12] AH00001: boom @"),
    "RFC 3164": _numbered("<11>Jan  1 00:00:0@ web-3 shop[12]: boom @"),
    "RFC 5424": _numbered('<11>1 2026-01-01T00:00:0@.1Z host app 12 - [x y="z"] boom @'),
    "journald": _objects(
        __REALTIME_TIMESTAMP="176722560@000000", PRIORITY="3", _PID="1", MESSAGE="boom", _HOSTNAME="h"
    ),
    "docker json-file": [
        json.dumps(
            {
                "log": f"2026-01-01 00:00:0{n},123 ERROR boom {n}\n",
                "stream": "stderr",
                "time": f"2026-01-01T00:00:0{n}.1Z",
            }
        )
        for n in range(8)
    ],
    "compose": _numbered("web-1  | 2026-01-01 00:00:0@,123 ERROR boom @"),
    "kubernetes CRI": _numbered("2026-01-01T00:00:0@.123456789Z stderr F ERROR boom @"),
    "squid": _numbered(
        "176722560@.123    145 10.0.0.7 TCP_MISS/503 12 GET http://shop.example/a - HIER_DIRECT/1.2.3.4 -"
    ),
    "CSV": _numbered("2026-01-01 00:00:0@;ERROR;shop.web;boom"),
    "klog": _numbered("E0101 00:00:0@.123456    1234 net.go:77] boom @"),
    "glog": _numbered("E20260101 00:00:0@.123456 1234 net.cc:77] boom @"),
    "plain text": _numbered("ERROR: boom @"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_format_gives_its_records_levels_and_times(name: str, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("\n".join(SAMPLES[name]) + "\n")
    table, said = read(path)
    assert table.records == 8
    assert len(said.patterns) == 1
    assert said.patterns[0].count == 8
    assert [(error.count, error.share) for error in said.errors] == [(8, 1.0)]
    if name not in ("python basic", "uvicorn", "plain text"):
        assert table.start is not None
        assert table.end is not None
        assert START.timestamp() <= table.start <= table.end < START.timestamp() + 8
        assert table.end - table.start >= 6.5
    if "TRACE" in name or name.startswith("python"):
        assert said.errors[0].type == "KeyError"
        assert said.errors[0].frames[-1].function == "line_total"
    if "access" not in name and name not in ("uvicorn", "squid"):
        assert said.patterns[0].level is Level.ERROR


def _compressed(kind: str, data: bytes) -> bytes:
    if kind == "gz":
        return gzip.compress(data)
    if kind == "bz2":
        return bz2.compress(data)
    zstandard = pytest.importorskip("zstandard", reason="the zstandard library is an extra")
    packed: bytes = zstandard.ZstdCompressor().compress(data)
    return packed


@pytest.mark.parametrize("kind", ["gz", "bz2", "zst"])
def test_compressed_files_read_like_plain_ones(kind: str, tmp_path: Path) -> None:
    text = "\n".join(SAMPLES["python asctime level"] * 50).encode() + b"\n"
    path = tmp_path / f"app.log.{kind}"
    path.write_bytes(_compressed(kind, text))
    table, said = read(path)
    assert (table.records, said.errors[0].count) == (400, 400)
    path.write_bytes(_compressed(kind, text)[:-20])
    table, _ = read(path)
    assert any("breaks off" in each for each in table.broken) or table.records == 400


def test_lines_that_docker_and_kubernetes_split_are_one_record(tmp_path: Path) -> None:
    path = tmp_path / "docker.json"
    halves = [("INFO first half ", "a"), ("and its end\n", "b"), ("INFO second\n", "c")]
    path.write_text(
        "".join(
            json.dumps({"log": text, "stream": "stdout", "time": f"2026-01-01T00:00:00.{n}Z"}) + "\n"
            for text, n in halves
        )
    )
    cri = tmp_path / "cri.log"
    cri.write_text(
        "2026-01-01T00:00:00.1Z stdout P first half \n2026-01-01T00:00:00.1Z stdout F and its end\n"
        "2026-01-01T00:00:01.1Z stdout F second\n"
    )
    for file in (path, cri):
        table, said = read(file)
        assert (table.lines, table.records) == (3, 2)
        assert [pattern.count for pattern in said.patterns] == [1, 1]


def test_containers_that_write_at_once_keep_their_own_tracebacks(tmp_path: Path) -> None:
    lines: list[str] = []
    ours = ["2026-01-01 00:00:0{n},1 ERROR boom", *TRACE.split("\n")]
    theirs = [line.replace("cart.py", "users.py").replace("line_total", "load") for line in ours]
    for n in range(5):
        for a, b in zip(ours, theirs, strict=True):
            lines += [f"web-1  | {a.format(n=n)}", f"job-1  | {b.format(n=n)}"]
    path = tmp_path / "compose.log"
    path.write_text("\n".join(lines) + "\n")
    _, said = read(path)
    assert sorted((error.frames[-1].function, error.count) for error in said.errors) == [("line_total", 5), ("load", 5)]


def _bad(path: Path, parts: Iterable[bytes]) -> Table:
    path.write_bytes(b"".join(parts))
    return read(path)[0]


GOOD = b"2026-01-01 00:00:00,123 INFO x: fine 1\n"


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.log"
    long = _bad(path, [b"2026-01-01 00:00:00,123 INFO x: " + b"a b " * 2_500_000 + b"\n", GOOD * 3])
    assert (long.lines, long.records, long.cut) == (4, 4, 1)
    zeros = _bad(path, [GOOD * 100, b"\0" * 5_000_000, GOOD * 100])
    assert (zeros.lines, zeros.records, zeros.zeroed) == (200, 200, 1)
    mixed = _bad(path, ["grüße 1\n".encode() * 50, "grüße 1\n".encode("latin-1") * 50])
    assert (mixed.lines, mixed.undecodable) == (100, 50)
    empty = _bad(path, [])
    assert (empty.lines, empty.records) == (0, 0)
    unended = _bad(path, [GOOD, GOOD[:-1]])
    assert unended.lines == 2


def test_utf16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.log"
    path.write_bytes("".join(f"2026-01-01 00:00:0{n},1 ERROR grüße {n}\r\n" for n in range(9)).encode("utf-16"))
    table, said = read(path)
    assert table.records == 9
    assert said.errors[0].message == "grüße <*>"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "core"
    path.write_bytes(bytes(range(256)) * 4000)
    with pytest.raises(NotTextError):
        survey(str(path))
