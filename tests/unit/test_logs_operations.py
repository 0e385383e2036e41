"""Operations in logs: starts, releases, migrations, flags and new processes; calls to other hosts as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.analysis.logs.operations.picked import LONGEST, chunks_in
from workbench.analysis.logs.operations.said import change_events, deployed, upstreams
from workbench.analysis.logs.operations.survey import Operations, look, together
from workbench.analysis.logs.scan.part import parts, survey
from workbench.case.enums import ChangeKind


def seen(tmp_path: Path, lines: list[str], part: int = 1 << 24) -> Operations:
    """What a log of ``lines`` tells, read in parts of ``part`` bytes."""
    path = tmp_path / "app.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, _ = survey(str(path))
    return together([look(found, start, end) for start, end in parts(found, part)])


def at(minute: int, text: str, second: int = 0) -> str:
    return f"2026-05-12 14:{minute:02d}:{second:02d},000 {text}"


QUIET = [at(minute, f"INFO app.web GET /api/me 200 user={minute} 12 ms") for minute in range(20)]


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("INFO gunicorn.error Starting gunicorn 21.2.0", ChangeKind.RESTART, "Starting gunicorn 21.2.0"),
        ("INFO uvicorn Started server process [4242]", ChangeKind.RESTART, "Started server process [4242]"),
        ("INFO systemd Started shop.service - The shop.", ChangeKind.RESTART, "Started shop.service - The shop."),
        ("INFO kubelet Created container web", ChangeKind.RESTART, "Created container web"),
        (
            "INFO app release r7 (5d879c009fea) started, pid 9",
            ChangeKind.DEPLOY,
            "release r7",
        ),
        ("INFO shop.boot Shop-ngx v2.99.1 ready", ChangeKind.DEPLOY, "v2.99.1"),
        ("INFO main Starting ShopApplication v1.4.0-rc2 using Java 17.0.9", ChangeKind.DEPLOY, "v1.4.0-rc2"),
        ("INFO boot shop v3.1 is up and running on 4 cores", ChangeKind.DEPLOY, "v3.1"),
        ("INFO boot Sidekiq v7.2.1 starting", ChangeKind.RESTART, "Sidekiq"),
        ("INFO django Applying shop.0007_prices... OK", ChangeKind.MIGRATION, "migration shop.0007_prices"),
        ("INFO alembic Running upgrade ab12 -> cd34, add prices", ChangeKind.MIGRATION, "migration ab12 -> cd34"),
        ("INFO flags feature flag 'new_checkout' changed from off to on by ines", ChangeKind.FLAG, "flag new_checkout"),
        ("INFO app configuration reloaded from /etc/shop.toml", ChangeKind.CONFIGURATION, "configuration reloaded"),
    ],
)
def test_what_has_happened_is_told_with_its_time(tmp_path: Path, line: str, kind: ChangeKind, words: str) -> None:
    (change,) = change_events(seen(tmp_path, [*QUIET[:9], at(9, line, 30), *QUIET[9:]]))
    assert (change.kind, change.at) == (kind, datetime(2026, 5, 12, 14, 9, 30, tzinfo=UTC))
    assert words in change.summary


def test_what_only_speaks_of_starting_is_no_change(tmp_path: Path) -> None:
    lines = ["INFO app started request 7", "ERROR app server failed to be started", "INFO jobs started task purge"]
    assert change_events(seen(tmp_path, [*QUIET, *(at(21, line) for line in lines)])) == ()


def test_a_server_and_its_workers_are_one_restart(tmp_path: Path) -> None:
    lines = [at(5, "INFO gunicorn.error Starting gunicorn 21.2.0")]
    lines += [at(5, f"INFO gunicorn.error Booting worker with pid: {900 + n}", n) for n in range(1, 5)]
    (change,) = change_events(seen(tmp_path, [*QUIET[:5], *lines, *QUIET[6:]]))
    assert change.summary.endswith("Starting gunicorn 21.2.0 and 4 more")


def test_the_release_field_tells_what_runs_and_what_ran_before(tmp_path: Path) -> None:
    lines = [
        f'{{"time": "2026-05-12T14:{minute:02d}:00Z", "level": "info", "message": "served", '
        f'"release": "r{7 if minute < 12 else 8}"}}'
        for minute in range(20)
    ]
    found = seen(tmp_path, lines, part=400)
    runs = deployed(found)
    assert runs is not None
    assert (runs.name, runs.previous, runs.at) == ("r8", "r7", datetime(2026, 5, 12, 14, 12, tzinfo=UTC))
    assert [(change.kind, change.summary) for change in change_events(found)] == [
        (ChangeKind.DEPLOY, "release r7 → r8")
    ]


def test_new_process_ids_are_a_restart_that_nothing_else_told(tmp_path: Path) -> None:
    lines = [at(minute, f"INFO web[{310 if minute < 10 else 455}]: served {minute}") for minute in range(20)]
    (change,) = change_events(seen(tmp_path, lines))
    assert (change.kind, change.summary) == (ChangeKind.RESTART, "new process ids: 455")


CALLS = {
    "httpx": 'INFO httpx HTTP Request: GET https://pay.example/v1/charge "HTTP/1.1 503 Service Unavailable"',
    "urllib3": 'DEBUG urllib3.connectionpool https://pay.example:443 "GET /v1/charge HTTP/1.1" 503 None',
    "own": "WARNING shop.pay POST https://pay.example/v1/charge -> 503 in 1200 ms, attempt 2",
    "aiohttp": "WARNING shop.pay Cannot connect to host pay.example:443 ssl:default [Connection refused]",
    "nginx": 'ERROR nginx upstream timed out (110) while reading, upstream: "http://pay.example/v1/charge"',
}


@pytest.mark.parametrize("line", CALLS.values(), ids=CALLS)
def test_a_failed_call_is_counted_under_its_host(tmp_path: Path, line: str) -> None:
    (host,) = upstreams(seen(tmp_path, [*QUIET, at(21, line)]), None)
    assert (host.host, host.calls, host.failures) == ("pay.example", 1, 1)


def test_the_table_has_latency_retries_and_both_sides_of_the_onset(tmp_path: Path) -> None:
    lines = [at(minute, "INFO shop.pay POST https://pay.example/v1/charge -> 200 in 100 ms") for minute in range(10)]
    lines += [at(minute, CALLS["own"]) for minute in range(10, 20)]
    lines += [at(minute, "INFO app see https://docs.example/errors for help") for minute in range(20)]
    (host,) = upstreams(seen(tmp_path, lines), datetime(2026, 5, 12, 14, 10, tzinfo=UTC))
    assert (host.calls, host.failures, host.retries, host.p50, host.p95) == (20, 10, 10, 0.1, 1.2)
    assert (host.before, host.after) == ((10, 0), (10, 10))
    assert host.first_failure == datetime(2026, 5, 12, 14, 10, tzinfo=UTC)


def test_a_failure_that_is_logged_and_then_raised_counts_once(tmp_path: Path) -> None:
    raised = "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='pay.example', port=443): exceeded"
    lines = [*QUIET, at(21, CALLS["aiohttp"]), at(22, "ERROR shop charge failed"), "Traceback (most recent call last):"]
    lines += ['  File "/srv/shop/pay.py", line 3, in charge', "    post()", raised]
    (host,) = upstreams(seen(tmp_path, lines), None)
    assert (host.calls, host.failures) == (1, 1)


def test_parts_say_what_the_whole_says(tmp_path: Path) -> None:
    lines = [*QUIET, *(at(20 + n, line) for n, line in enumerate(CALLS.values())), at(30, "INFO app Starting server")]
    whole, cut = seen(tmp_path, lines), seen(tmp_path, lines, part=200)
    assert upstreams(whole, None) == upstreams(cut, None)
    assert change_events(whole) == change_events(cut)


def test_calls_are_read_from_the_fields_of_structured_records(tmp_path: Path) -> None:
    record = (
        '{{"ts": "2026-05-12T14:00:{at:02d}Z", "level": "info", "message": "call", "peer.service": "pay.example", '
        '"http.status_code": {status}, "duration_ms": 250.0}}'
    )
    found = seen(tmp_path, [record.format(at=at, status=503 if at % 4 == 0 else 200) for at in range(40)])
    (row,) = upstreams(found, None)
    assert (row.host, row.calls, row.failures, row.p95) == ("pay.example", 40, 10, 0.25)


def test_of_a_line_of_a_megabyte_only_its_beginning_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    lines = [f"2026-05-12 14:00:0{at},000 INFO shop: blob {'x' * (1 << 20)}" for at in range(2)]
    path.write_text("\n".join([*lines, "2026-05-12 14:00:05,000 INFO shop: deployed release 1.2.3"]) + "\n")
    found = survey(str(path))[0]
    assert max(len(line) for chunk in chunks_in(found, 0, -1) for line in chunk.split(b"\n")) <= LONGEST
    assert look(found, 0, -1).start == datetime(2026, 5, 12, 14, tzinfo=UTC).timestamp()


def test_the_page_that_a_browser_came_from_is_no_host_that_was_called(tmp_path: Path) -> None:
    """Every request of an access log names one: to read them all took twenty times what counting the log takes."""
    request = '10.0.0.7 - - [12/May/2026:14:{:02d}:00 +0000] "GET /a/{} HTTP/1.1" {} 812 "{}" "{}" rt=0.2'
    pages = ("https://docs.example.org/a", "http://shop.example.org/")
    agents = ("Mozilla/5.0", "Mozilla/5.0 (compatible; Bot/2.1; +http://bot.example.org/bot.html)")
    lines = [request.format(n % 60, n, 500 if n % 9 else 200, pages[n % 2], agents[n % 2]) for n in range(120)]
    assert upstreams(seen(tmp_path, lines), None) == ()
