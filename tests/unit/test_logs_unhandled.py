"""How many of the requests that nobody caught the exception of, each error ended: a share with its denominator."""

from __future__ import annotations

from io import BytesIO

import pytest

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.log import learn_log, scan
from workbench.analysis.logs.scan.unhandled import is_unhandled
from workbench.analysis.logs.times import Clock
from workbench.case.logs import LogError


def record(second: int, says: str, raised: str) -> str:
    return (
        f"2026-05-12 14:{second // 60:02d}:{second % 60:02d},000 ERROR django.request: {says}\n"
        'Traceback (most recent call last):\n  File "/srv/app/shop/cart.py", line 6, in '
        f"{raised.lower()}\n    raise\n{raised}: no\n"
    )


def digest_of(text: str, lens: Lens | None = None) -> Digest:
    data = text.encode()
    stream = BytesIO(data)
    learned, _ = learn_log(stream, len(data))
    stream.seek(0)
    return digest(scan(stream, len(data), learned, Clock(2e9)).finish(), lens or Lens())


def errors_of(text: str) -> dict[str, LogError]:
    return {error.type: error for error in digest_of(text).errors}


def test_shares_of_unhandled_requests_sum_to_one_and_leave_out_what_was_caught() -> None:
    text = "".join(record(n, f"Internal Server Error: /cart/{n}", "KeyError") for n in range(6))
    text += "".join(record(n + 60, f"Internal Server Error: /pay/{n}", "ValueError") for n in range(3))
    text += "".join(record(n + 120, "could not refresh prices, old ones stay", "OSError") for n in range(5))
    text += "".join(record(n + 180, "could not refresh prices, old ones stay", "ValueError") for n in range(2))
    found = errors_of(text)
    told = {name: error.unhandled and (error.unhandled.count, error.unhandled.of) for name, error in found.items()}
    assert told == {"KeyError": (6, "9 unhandled 500s"), "ValueError": (3, "9 unhandled 500s"), "OSError": None}
    assert sum(error.unhandled.share for error in found.values() if error.unhandled) == pytest.approx(1)
    assert sum(error.share for error in found.values()) == pytest.approx(1)
    assert found["ValueError"].count == 5, "of error records, those that were caught count too"


def test_failed_requests_that_as_many_records_tell_of_are_no_errors_beside_them() -> None:
    text = ""
    for n in range(12):
        text += record(n, "Internal Server Error: /api/login", "KeyError")
        text += f"2026-05-12 14:00:{n:02d},000 INFO shop.requestlog: POST /api/login 500 user=7 4 ms\n"
    text += "2026-05-12 14:00:11,000 ERROR django.request: Service Unavailable: /api/cart\n"
    text += "2026-05-12 14:00:11,000 INFO shop.requestlog: GET /api/cart 503 user=7 4 ms\n"
    for n in range(12, 48):
        status = 500 if n < 16 else 200
        text += f"2026-05-12 14:00:{n:02d},000 INFO shop.requestlog: POST /api/pay {status} user=7 4 ms\n"
    found = errors_of(text)
    assert found["KeyError"].endpoints == (("/api/login", 12),)
    assert [(name, error.message, error.count) for name, error in found.items()] == [
        ("KeyError", "no", 12),
        ("ERROR", "Service Unavailable: <*>", 1),
        ("HTTP 500", "POST /api/pay", 4),
    ]
    assert found["HTTP 500"].share == 1
    assert found["HTTP 500"].of == "4 failed requests that no error record tells of"


def test_failed_requests_to_names_with_a_number_are_of_one_endpoint() -> None:
    slugs = ("ramen-77", "tarte-tatin-3", "paella-57", "phở-12")
    text = "".join(
        f"2026-05-12 14:00:0{n},000 INFO web: PUT /api/recipes/{slug} 500 4 ms\n" for n, slug in enumerate(slugs)
    )
    assert [(error.message, error.count) for error in digest_of(text).errors] == [("PUT /api/recipes/<*>", 4)]


def test_requests_that_no_answer_tells_of_are_counted_as_failed_and_those_that_one_does_once() -> None:
    def impact(*answers: str) -> tuple[int | None, int | None, str]:
        text = "".join(record(n, "Exception on /login [POST]", "KeyError") for n in range(10))
        text += "".join(f"2026-05-12 14:01:{n:02d},000 INFO web: GET /cart/{n} 200 4 ms\n" for n in range(40))
        text += "".join(f"2026-05-12 14:02:{n:02d},000 INFO web: {said} 4 ms\n" for n, said in enumerate(answers))
        found = digest_of(text).impact
        assert found is not None
        return found.failed, found.requests, found.of

    assert impact() == (10, 50, "50 requests")
    assert impact(*["POST /login 500"] * 10) == (10, 50, "50 requests")
    assert impact(*["POST /login 500"] * 4) == (10, 50, "50 requests")
    assert impact(*["POST /login 500"] * 12) == (12, 52, "52 requests")


@pytest.mark.parametrize(
    "content",
    [
        "Internal Server Error: /login/",
        "Exception in ASGI application",
        "Exception on /login [POST]",
        "Error handling request /login",
        "Exception occurred while handling uri: 'http://h/login'",
        "Exception while serving /login",
        "Uncaught exception GET /login (10.0.0.1)",
        "Servlet.service() for servlet [api] in context with path [] threw exception",
        "http: panic serving 10.0.0.1:5310: boom",
        "An unhandled exception has occurred while executing the request.",
        "unhandled exception in request 4711",
    ],
)
def test_what_frameworks_write_of_an_exception_that_nobody_caught(content: str) -> None:
    assert is_unhandled(content)


@pytest.mark.parametrize("content", ["could not handle request", "request failed, retrying", "unhandled exception"])
def test_other_errors_end_no_request(content: str) -> None:
    assert not is_unhandled(content)
