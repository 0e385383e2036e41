"""Metrics of a server, a saved answer and a CSV; a level that changed is an event beside what changed before it."""

from __future__ import annotations

import json
import random
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from workbench_metrics.read import MetricsError, read_series

from tests.conftest import RepoBuilder
from tests.servers import Quiet, serving
from workbench.analysis.logs.before.level import level_shift
from workbench.case.enums import ChangeKind
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

START = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
STEPPED = [0.2 + 0.01 * (n % 5) if n < 60 else 0.65 + 0.02 * (n % 5) for n in range(100)]


def points(values: list[float]) -> list[tuple[datetime, float]]:
    """A value a minute."""
    return [(START + timedelta(minutes=n), value) for n, value in enumerate(values)]


def answer(values: list[float]) -> dict[str, object]:
    """What Prometheus answers to query_range."""
    pairs = [[at.timestamp(), f"{value}"] for at, value in points(values)]
    metric = {"__name__": "latency_seconds", "job": "shop", "quantile": "0.99"}
    return {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": metric, "values": pairs}]}}


@pytest.mark.parametrize("values", [STEPPED, [1 - value for value in STEPPED]])
def test_a_step_is_found_where_it_is(values: list[float]) -> None:
    shift = level_shift(points(values), 1)
    assert shift is not None
    assert shift.at == START + timedelta(minutes=60)
    assert shift.start <= shift.at <= shift.end
    assert (shift.before < shift.after) == (values[0] < values[-1])


def test_a_leak_that_grows_all_the_time_is_a_change_and_noise_is_none() -> None:
    assert level_shift(points([100 + 3 * n for n in range(60)]), 1) is not None
    dice = random.Random(5)
    told = sum(level_shift(points([dice.gauss(10, 2) for _ in range(120)]), 1) is not None for _ in range(200))
    assert told <= 4, "two in a hundred at most"
    assert level_shift(points([5.0] * 50), 1) is None
    assert level_shift(points([1.0, 2.0, 3.0]), 1) is None


class Prometheus(Quiet):
    """Answers one query with the stepped series."""

    asked: list[dict[str, list[str]]] = []  # noqa: RUF012 - the handler is made anew for every request

    def do_GET(self) -> None:
        self.asked.append(parse_qs(urlsplit(self.path).query))
        good = self.path.startswith("/api/v1/query_range?query=latency")
        wrong = {"status": "error", "errorType": "bad_data", "error": "parse error"}
        body = json.dumps(answer(STEPPED) if good else wrong).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server that speaks like Prometheus."""
    with serving(Prometheus) as address:
        yield address


def test_a_server_is_asked_for_the_window_and_an_error_of_it_is_said(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROM", server)
    ((name, found),) = read_series("env:PROM?query=latency", 1000.0, 8200.0)
    assert name == 'latency_seconds{job="shop", quantile="0.99"}'
    assert found == points(STEPPED)
    assert (Prometheus.asked[-1]["start"], Prometheus.asked[-1]["step"]) == (["1000"], ["30"])
    with pytest.raises(MetricsError, match="bad_data: parse error"):
        read_series(f"{server}?query=rate(", 0.0, 100.0)
    with pytest.raises(MetricsError, match=r"http://\*\*\*@127.0.0.1:1"):
        read_series("http://me:secret@127.0.0.1:1?query=up", 0.0, 100.0)


def test_a_csv_has_a_series_in_each_column(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("time,rss,fds\n2026-05-12T12:00:00Z,1,2\n2026-05-12T12:01:00Z,3,\n")
    assert read_series(str(tmp_path / "m.csv"), 0, 0) == [
        ("rss", points([1.0, 3.0])),
        ("fds", points([2.0])),
    ]
    (tmp_path / "bad.csv").write_text("hello\n")
    with pytest.raises(MetricsError, match=r"bad\.csv: not a CSV"):
        read_series(str(tmp_path / "bad.csv"), 0, 0)


async def test_a_change_of_level_stands_among_the_changes_with_the_release_before_it(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    repo = make_repo({"a.py": "A = 1\n"})
    repo.write("a.py", "A = 2\n")
    repo.commit("faster", date=START + timedelta(minutes=55))
    repo.git("tag", "v2")
    (tmp_path / "saved.json").write_text(json.dumps(answer(STEPPED)))
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        inputs = {"metrics": (str(tmp_path / "saved.json"), str(tmp_path / "gone.csv"))}
        await session.investigate(replace(Question("it is slow"), inputs=inputs))
        (series,) = session.views.series
        assert series.shift is not None
        (event,) = [change for change in session.views.changes if change.kind is ChangeKind.METRIC]
        assert event.at == START + timedelta(minutes=60)
        assert event.summary.startswith('latency_seconds{job="shop", quantile="0.99"}: 0.22 → 0.69')
        assert any("5 min after deploy release v2 (correlation)" in signal.detail for signal in event.signals)
        check = next(check for check in session.views.checks if check.analyzer == "metrics")
        assert check.summary.startswith("1 series, the level of 1 changed; not read: gone.csv: ")
    finally:
        await session.close()
