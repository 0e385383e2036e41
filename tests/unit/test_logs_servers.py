"""Failed requests as servers, balancers and frameworks log them: counted, with their endpoint and their share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.test_logs_formats import read
from tests.unit.test_logs_level_columns import at

CLF = "%d/%b/%Y:%H:%M:%S"
ISO = "%Y-%m-%dT%H:%M:%S"


def objects(number: int, **fields: object) -> str:
    return json.dumps({"time": at(number, ISO) + "Z", **fields})


SERVERS: dict[str, Callable[[int, int, str, str], str]] = {
    "nginx": lambda n, s, m, p: f'10.0.0.1 - - [{at(n, CLF)} +0000] "{m} {p} HTTP/1.1" {s} {n}12 "-" "curl/8"',
    "apache, by host": lambda n, s, m, p: f'shop:443 10.0.0.1 - - [{at(n, CLF)} +0000] "{m} {p} HTTP/1.1" {s} 12',
    "haproxy": lambda n, s, m, p: (
        f"{at(n, '%b %d %H:%M:%S')} lb haproxy[7]: 10.0.0.1:5000 [{at(n, CLF)}.123] in shop/web1 0/0/1/{n % 90}/9 {s} 2"
        f' - - ---- 1/1/0/0/0 0/0 "{m} {p} HTTP/1.1"'
    ),
    "amazon's balancer": lambda n, s, m, p: (
        f"https {at(n, ISO)}.123456Z app/lb/50dc6c 10.0.0.1:2817 10.0.1.1:80 0.000 0.0{n % 90:02d} 0.000 {s} {s} 34 366"
        f' "{m} https://shop.example:443{p} HTTP/1.1" "curl/8" - - arn:x "Root=1-5833-36d2" "-" "-" 0'
    ),
    "cloudfront": lambda n, s, m, p: f"{at(n)[:10]}\t{at(n)[11:]}\tFRA2\t{n}\t10.0.0.1\t{m}\td1.cloud.net\t{p}\t{s}\t-",
    "iis": lambda n, s, m, p: f"{at(n)} 10.0.0.1 {m} {p} - 443 - 10.0.0.9 Mozilla/5.0 - {s} 0 0 {n % 90}",
    "envoy": lambda n, s, m, p: f'[{at(n, ISO)}.123Z] "{m} {p} HTTP/1.1" {s} - 0 {n} {n % 90} 3 "10.0.0.1" "curl/8"',
    "caddy": lambda n, s, m, p: objects(
        n, level="error" if s == 500 else "info", msg="handled request", request={"method": m, "uri": p}, status=s
    ),
    "traefik": lambda n, s, m, p: objects(n, level="info", msg="", DownstreamStatus=s, RequestMethod=m, RequestPath=p),
    "google's": lambda n, s, m, p: objects(
        n,
        severity="ERROR" if s == 500 else "INFO",
        httpRequest={"requestMethod": m, "requestUrl": f"https://shop.example{p}", "status": s, "latency": "0.1s"},
    ),
    "gin": lambda n, s, m, p: f'[GIN] {at(n, "%Y/%m/%d - %H:%M:%S")} | {s} |  {n % 90}.1µs |  10.0.0.1 | {m:<7} "{p}"',
    "chi": lambda n, s, m, p: (
        f'{at(n, "%Y/%m/%d %H:%M:%S")} [h/a-{n}] "{m} http://shop{p} HTTP/1.1" from 10.0.0.1:5 - {s} 9B'
    ),
    "asp.net": lambda n, s, m, p: (
        f"info: {at(n, ISO)} Request finished HTTP/1.1 {m} http://shop:5000{p} - {s} 0 text/plain {n % 90}.1ms"
    ),
    "serilog": lambda n, s, m, p: f"{at(n)}.123 +00:00 [INF] HTTP {m} {p} responded {s} in {n % 90}.1234 ms",
    "granian": lambda n, s, m, p: f'[{at(n)} +0000] 10.0.0.1 - "{m} {p} HTTP/1.1" {s} {n % 90}.123',
    "uvicorn": lambda n, s, m, p: f'INFO:     10.0.0.1:5{n:04d} - "{m} {p} HTTP/1.1" {s}',
    "the request last": lambda n, s, m, p: f'INFO     {at(n, ISO)} - [10.0.0.1:5] {s} Whatever "{m} {p} HTTP/1.1"',
    "morgan": lambda n, s, m, p: f"{m} {p} {s} {n % 90}.123 ms - 2{n}",
}


def log(server: str, path: Path) -> None:
    """Three hundred requests, of which twenty fail."""
    lines = []
    for n in range(300):
        method, asked = ("POST", f"/cart/{n}/pay") if n % 5 == 2 else ("GET", f"/items/{n}")
        lines.append(SERVERS[server](n, 500 if n % 15 == 7 else 200, method, asked))
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("server", SERVERS)
def test_failed_requests_are_told_by_their_endpoint(server: str, tmp_path: Path) -> None:
    log(server, tmp_path / "access.log")
    table, said = read(tmp_path / "access.log")
    (error,) = said.errors
    assert (error.type, error.message, error.count) == ("HTTP 500", "POST /cart/<*>/pay", 20)
    assert table.statuses == {"200": 280, "500": 20}


def test_rails_tells_the_status_in_a_line_of_its_own(tmp_path: Path) -> None:
    lines = [
        f'I, [{at(n, ISO)}.1 #7]  INFO -- : [{n:04x}] Started POST "/pay/{n}" for 10.0.0.1\n'
        f"I, [{at(n, ISO)}.1 #7]  INFO -- : [{n:04x}] Completed {500 if n % 15 == 7 else 200} Done in {n}ms (DB: 1)"
        for n in range(300)
    ]
    (tmp_path / "production.log").write_text("\n".join(lines) + "\n")
    table, said = read(tmp_path / "production.log")
    assert [(error.type, error.count) for error in said.errors] == [("HTTP 500", 20)]
    assert table.statuses == {"200": 280, "500": 20}


def test_an_error_record_with_words_of_its_own_stands_for_the_answer_that_it_tells_of(tmp_path: Path) -> None:
    lines = [
        objects(n, level="error", msg="the bank declined", method="POST", path=f"/cart/{n}/pay", status=502)
        if n % 15 == 7
        else objects(n, level="info", msg="request completed", method="POST", path=f"/cart/{n}/pay", status=200)
        for n in range(300)
    ]
    (tmp_path / "app.log").write_text("\n".join(lines) + "\n")
    _, said = read(tmp_path / "app.log")
    (error,) = said.errors
    assert (error.message, error.count, error.endpoints) == ("the bank declined", 20, (("POST /cart/<*>/pay", 20),))
