"""An incident whose cause is an upstream: a payment service, a real server here, begins to answer 503 and too late."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import RepoBuilder
from tests.incidents.run import Incident, play

CLIENT = '''"""Calls to other services."""

import logging
import time
import urllib.error
import urllib.request

log = logging.getLogger("shop.client")


class PaymentFailed(Exception):
    """The payment service did not take it."""


def call(url, method="GET", tries=2, timeout=30):
    for attempt in range(1, tries + 1):
        began = time.monotonic()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=timeout) as answer:
                log.info("%s %s -> %d in %d ms", method, url, answer.status, (time.monotonic() - began) * 1000)
                return answer.status
        except urllib.error.HTTPError as error:
            spent = (time.monotonic() - began) * 1000
            log.warning("%s %s -> %d in %d ms, attempt %d", method, url, error.code, spent, attempt)
        except TimeoutError:
            log.warning("%s %s timed out after %d ms, attempt %d", method, url, timeout * 1000, attempt)
    raise PaymentFailed(f"{url} gave no answer after {tries} tries")


def pay(base, number, timeout=30):
    return call(f"{base}/charge", "POST", timeout=timeout)
'''
TRAFFIC = """
import logging, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from clock import story
from shop.client import call, pay

clock = story(sys.argv[3])
web = logging.getLogger("shop.web")
state = {"broken": False, "served": 0}


class Pay(BaseHTTPRequestHandler):
    def do_POST(self):
        state["served"] += 1
        if state["broken"] and state["served"] % 5 == 0:
            time.sleep(0.16)
        broken = state["broken"] and state["served"] % 3
        self.send_response(503 if broken else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Catalog(Pay):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def start(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://localhost:{server.server_address[1]}"


(payments, pay_at), (catalog, catalog_at) = start(Pay), start(Catalog)
print(pay_at, catalog_at)
logging.getLogger("shop.start").info("release r5 started, pid %d", os.getpid())
for number in range(360):
    state["broken"] = number >= 280
    clock.wait(20)
    try:
        call(f"{catalog_at}/items")
        pay(pay_at, number, 0.1 if state["broken"] else 30)  # a wait of the story that nobody waits for
        web.info("POST /api/orders 200 user=%d 30 ms", number % 40)
    except Exception:
        web.exception("POST /api/orders 502 user=%d 110 ms", number % 40)
"""


def flaky_upstream(folder: Path) -> Incident:
    """Build the repository, run it against its two services, give the log; ``said`` are the services' addresses."""
    repo = RepoBuilder(folder / "shop")
    repo.write("shop/__init__.py")
    repo.write("shop/client.py", CLIENT)
    repo.write("deploy/production.env", "LOG_LEVEL=INFO\n")
    repo.commit("A shop that takes money", "Ines <ines@example.org>", datetime(2026, 3, 2, 9, tzinfo=UTC))
    repo.git("tag", "r4")
    repo.write("deploy/production.env", "LOG_LEVEL=WARNING\n")
    repo.commit("Log less", "Jo <jo@example.org>", datetime(2026, 4, 2, 9, tzinfo=UTC))
    repo.git("tag", "r5")
    return play(repo, TRAFFIC, folder / "shop.log", "orders fail")
