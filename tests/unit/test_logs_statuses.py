"""HTTP statuses are counted wherever they stand, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from workbench.analysis.logs.scan.sample import status_pattern, statuses_in


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b'10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 12 "-" "curl"', b"502"),
        (b'{"log":"\\"GET / HTTP/1.1\\" 200 OK\\n"}', b"200"),
        (b'{"path": "/pay", "status": 500}', b"500"),
        (b"msg=done status_code=404 took=3ms", b"404"),
        (b'"POST /v2/x HTTP/1.1" status: 202 len: 3', b"202"),
    ],
)
def test_a_status_is_found(line: bytes, status: bytes) -> None:
    found = [match for behind in statuses_in(line) for match in status_pattern(behind).findall(line)]
    assert found == [status]


@pytest.mark.parametrize(
    "line", [b"exit_status=137", b"status=running", b"status=5000", b"HTTP/1.1 500.5", b"took 200 ms"]
)
def test_other_numbers_are_no_status(line: bytes) -> None:
    assert statuses_in(line) == ()
