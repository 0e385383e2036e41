"""Requests that became slow: how long each took, from the layouts in which logs tell it, and when that changed."""

from __future__ import annotations

import random
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.analysis.logs.operations.slow import durations
from workbench.analysis.logs.operations.survey import Operations, look, together
from workbench.analysis.logs.scan.part import parts, survey
from workbench.case.enums import ChangeKind
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

START = datetime(2026, 5, 12, 8, tzinfo=UTC)
SLOW = START + timedelta(hours=2)


def seen(path: Path, lines: list[str]) -> Operations:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, _ = survey(str(path))
    return together([look(found, start, end) for start, end in parts(found, 1 << 17)])


NGINX = '10.0.0.7 - - [12/May/2026:08:00:{at:02d} +0000] "GET /api/items/{at}?page=2 HTTP/1.1" 200 512 "-" "curl/8.5"'


@pytest.mark.parametrize(
    ("line", "endpoint", "seconds"),
    [
        (NGINX + ' rt=0.125 uct="0.000"', "GET /api/items/<*>", 0.125),
        (NGINX + " 0.250", "GET /api/items/<*>", 0.25),
        (NGINX + " 412 0.031 [shop-web-80] [] 10.1.1.5:8000 512 0.030 200 4f2a", "GET /api/items/<*>", 0.031),
        ("2026-05-12 08:00:{at:02d},000 INFO app.web GET /api/me 200 12 ms", "GET /api/me", 0.012),
        ("2026-05-12 08:00:{at:02d},000 INFO app.web GET /api/me -> 200 in 1.5s", "GET /api/me", 1.5),
        (
            '{{"ts": "2026-05-12T08:00:{at:02d}Z", "method": "POST", "path": "/pay", "duration_ms": 80.5}}',
            "POST /pay",
            0.0805,
        ),
        (
            "time=2026-05-12T08:00:{at:02d}Z level=info method=GET path=/cart status=200 duration=40ms",
            "GET /cart",
            0.04,
        ),
    ],
)
def test_a_line_tells_how_long_its_request_took(line: str, endpoint: str, seconds: float, tmp_path: Path) -> None:
    found = seen(tmp_path / "access.log", [line.format(at=at) for at in range(30)]).served
    assert list(found) == [endpoint]
    assert list(found[endpoint].seconds) == pytest.approx([seconds] * 30)


@pytest.mark.parametrize(
    "line",
    [
        NGINX,
        "2026-05-12 08:00:{at:02d},000 INFO app.pay POST https://pay.example/charge 200 in 12 ms",
        "2026-05-12 08:00:{at:02d},000 INFO app.jobs the report took 12 s",
    ],
)
def test_what_tells_no_time_or_no_request_of_ours_is_left_out(line: str, tmp_path: Path) -> None:
    assert not seen(tmp_path / "access.log", [line.format(at=at) for at in range(30)]).served


def access(seed: int, slower: float = 1.0) -> list[str]:
    """Four hours of two endpoints, one of which takes ``slower`` times as long from SLOW on."""
    chance, at, lines = random.Random(seed), START, []
    while at < START + timedelta(hours=4):
        at += timedelta(seconds=chance.expovariate(0.25))
        path = chance.choice(["/api/items", "/api/users"])
        took = chance.lognormvariate(-3, 0.5) * (slower if path == "/api/items" and at >= SLOW else 1)
        lines.append(f'10.0.0.7 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" 200 512 "-" "-" {took:.3f}')
    return lines


def test_the_endpoint_that_became_slow_is_told_with_its_time(tmp_path: Path) -> None:
    for seed in range(5):
        first, *others = durations(seen(tmp_path / "access.log", access(seed, 4)).served)
        assert first.name == "GET /api/items: p95, s"
        assert first.shift is not None
        assert abs(first.shift.at - SLOW) <= timedelta(minutes=15), first.shift
        assert 2.5 < first.shift.after / first.shift.before < 6
        assert not any(each.shift for each in others)


def test_nothing_is_told_to_be_slower_that_is_not(tmp_path: Path) -> None:
    for seed in range(5):
        series = durations(seen(tmp_path / "access.log", access(seed)).served)
        assert len(series) == 2
        assert not any(each.shift for each in series)


async def test_it_stands_in_the_case_as_a_series_and_as_what_changed(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    routes = "".join(f'@app.get("/api/{name}")\ndef {name}():\n    return []\n\n\n' for name in ("users", "items"))
    repo = make_repo({"shop.py": f"from flask import Flask\n\napp = Flask(__name__)\n\n\n{routes}"})
    (tmp_path / "access.log").write_text("\n".join(access(1, 4)) + "\n", encoding="utf-8")
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "data"), jobs=1)))
    try:
        await session.investigate(Question("it became slow", (str(tmp_path / "access.log"),)))
        assert session.views.series[0].name.startswith("GET /api/items: p95")
        (event,) = [each for each in session.views.changes if each.kind is ChangeKind.METRIC]
        assert event.summary.startswith("GET /api/items: p95, s: 0.1")
        entries = [node.label for node in session.views.nodes if "/api/" in node.label]
        assert entries == ["GET /api/items"], "the map begins where it became slow"
    finally:
        await session.close()
