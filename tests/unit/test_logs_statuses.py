"""HTTP statuses are counted wherever they stand, and nothing else is taken for one."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.log import learn_log, scan
from workbench.analysis.logs.scan.sample import status_pattern, statuses_in
from workbench.analysis.logs.times import Clock
from workbench.case.enums import Trend

START = 1_767_225_600


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b'10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 12 "-" "curl"', b"502"),
        (b'{"log":"\\"GET / HTTP/1.1\\" 200 OK\\n"}', b"200"),
        (b'{"path": "/pay", "status": 500}', b"500"),
        (b"msg=done status_code=404 took=3ms", b"404"),
        (b'{"start_time":"2026-01-01T00:00:00Z","path":"/pay","response_code":503}', b"503"),
        (b'"POST /v2/x HTTP/1.1" status: 202 len: 3', b"202"),
        (b"INFO shop.requestlog [9c1] POST /api/login 500 user=- 4 ms", b"500"),
        (b"GET /items?page=200 304 - - 1.2 ms", b"304"),
        (
            b"1767225600.123    145 10.0.0.7 TCP_MISS/503 1234 GET http://shop.example/a - HIER_DIRECT/10.1.2.3 -",
            b"503",
        ),
        (b'INFO GET /a 200\n10.0.0.1 - - [x] "GET /a HTTP/1.1" 404 1', b"404"),
    ],
)
def test_a_status_is_found(line: bytes, status: bytes) -> None:
    found = [match for behind in statuses_in(line) for match in status_pattern(behind).findall(line)]
    assert found == [status]


@pytest.mark.parametrize(
    "line",
    [
        b"exit_status=137",
        b"status=running",
        b"status=5000",
        b"HTTP/1.1 500.5",
        b"took 200 ms",
        b"POST /x took 200",
        b"see /a 404",
    ],
)
def test_other_numbers_are_no_status(line: bytes) -> None:
    assert statuses_in(line) == ()


def answer(second: int, path: str, status: int) -> str:
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(START + second))
    return f'10.0.0.9 - - [{stamp}] "GET {path} HTTP/1.1" {status} 512 "-" "curl/8"'


def read(lines: list[str]) -> Digest:
    data = ("\n".join(lines) + "\n").encode()
    stream = BytesIO(data)
    learned, _ = learn_log(stream, len(data))
    stream.seek(0)
    return digest(scan(stream, len(data), learned, Clock(START + 86400)).finish(), Lens())


def test_failed_requests_that_no_error_record_tells_of_are_errors_with_an_onset_of_their_own() -> None:
    lines = []
    for second in range(0, 7200, 10):
        lines.append(answer(second, f"/cart/{second}", 502 if second >= 5400 else 200))
        if second % 300 == 0:
            stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(START + second))
            lines.append(f"{stamp},100 ERROR mailer: mail to customer {second} bounced")
    told = read(lines)
    assert [(error.type, error.message, error.trend) for error in told.errors] == [
        ("HTTP 502", "GET /cart/<*>", Trend.NEW),
        ("ERROR", "mail to customer <*> bounced", Trend.AS_ALWAYS),
    ]
    assert told.onset is not None
    assert told.onset.at.timestamp() == START + 5400
    assert told.errors[0].of == "180 failed requests"
    assert told.errors[1].of == "24 error records"


def test_what_is_not_listed_is_a_row_so_that_shares_sum_to_one() -> None:
    lines = [answer(number, f"/{chr(97 + number % 26)}{chr(97 + number // 26)}x", 500) for number in range(300)]
    told = read(lines)
    assert sum(error.share for error in told.errors) == pytest.approx(1)
    assert told.errors[-1].message == "100 further endpoints"
