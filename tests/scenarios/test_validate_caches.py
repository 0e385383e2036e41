"""A cache that fails: it is slow, its connections are reset or killed, and the server answers without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.cache_server import cache_server
from tests.scenarios.project import quick
from tests.scenarios.validating import judged
from workbench.case.enums import GateStatus

ASKS = '''"""Asks a cache over a connection that is kept."""
import socket

KEPT = []


def ask(place, line):
    try:
        if not KEPT:
            KEPT.append(socket.create_connection(place, timeout=0.45))
        KEPT[0].sendall(line)
        told = KEPT[0].recv(100)
        if not told:
            raise ConnectionResetError("the cache went away")
        return told
    except OSError:
        while KEPT:
            KEPT.pop().close()
        raise
'''
UNSAFE = '''"""A price from a rate that redis holds."""
import os

from asks import ask

HOST, _, PORT = os.environ["CACHE"].rpartition(":")


def rate():
    return int(ask((HOST, int(PORT)), b"GET rate\\r\\n").split()[1])


def app(environ, start_response):
    body = str(3 * rate()) if environ["PATH_INFO"] == "/price" else "up"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body.encode()]
'''
SAFE = UNSAFE.replace(
    '    return int(ask((HOST, int(PORT)), b"GET rate\\r\\n").split()[1])\n',
    '    try:\n        return int(ask((HOST, int(PORT)), b"GET rate\\r\\n").split()[1])\n'
    "    except OSError:\n        return 2\n",
)
SETTINGS = """
[server]
app = "prices:app"
env = { CACHE = "{cache}" }

[faults]
requests = [{ path = "/price" }]
"""


async def test_a_redis_that_fails(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    with cache_server("redis", tmp_path) as port:
        settings = f'{SETTINGS}proxies = {{ cache = "127.0.0.1:{port}" }}\n'
        files = {"asks.py": ASKS, "prices.py": UNSAFE, "workbench.toml": settings, "test_it.py": "def test(): pass\n"}
        repo = make_repo(files)
        repo.write("prices.py", SAFE)
        result = (await judged(repo, "faults"))["faults"]
        assert result.status is GateStatus.PASS, result.reason
        assert {each.ref for each in result.evidence} == {
            f"{fault}:GET /price" for fault in ("delay", "drip", "reset", "killed")
        }
        counts = [f"at base {n} were not" in result.reason for n in (3, 4)]
        assert any(counts), "slow, reset and killed were answered with 500, and drips where the machine is slow"
        repo.commit("without the cache")
        repo.write("prices.py", UNSAFE)
        result = (await judged(repo, "faults"))["faults"]
        assert result.status is GateStatus.FAIL, result.reason
        said = {each.text.partition(" after ")[0] for each in result.evidence}
        assert {"GET /price under killed: 500", "GET /price under reset: 500"} < said, "nothing failed at base"


DJANGO = {
    "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')\n",
    "asks.py": ASKS,
    "memcached.py": '''"""A cache of Django's on memcached."""
from django.core.cache.backends.base import BaseCache

from asks import ask


class Cache(BaseCache):
    def __init__(self, server, params):
        super().__init__(params)
        (place,) = server if isinstance(server, list) else [server]
        host, _, port = place.rpartition(":")
        self.place = host, int(port)

    def get(self, key, default=None, version=None):
        told = ask(self.place, f"get {key}\\r\\n".encode()).split()
        return int(told[4]) if told[0] == b"VALUE" else default
''',
    "test_it.py": "def test(): pass\n",
}
SITE = """SECRET_KEY = "only for tests"
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["*"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}}
CACHES = {{"default": {{"BACKEND": "memcached.Cache", "LOCATION": "localhost:{port}"}}}}
"""
VIEW = """from django.core.cache import cache
from django.http import HttpResponse
from django.urls import path


def rate():
    return cache.get("rate", 1)


def price(request):
    return HttpResponse(str(3 * rate()))


urlpatterns = [path("price", price)]
"""
CAREFUL = VIEW.replace(
    '    return cache.get("rate", 1)\n',
    '    try:\n        return cache.get("rate", 1)\n    except OSError:\n        return 2\n',
)


async def test_a_memcached_of_django_is_found_and_fails(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("django", reason="the extra `demo` is not installed")
    quick(monkeypatch)
    settings = '[server]\nready = "/price"\n\n[faults]\nrequests = [{ path = "/price" }]\n'
    with cache_server("memcached", tmp_path) as port:
        files = {**DJANGO, "site_settings.py": SITE.format(port=port), "workbench.toml": settings}
        repo = make_repo({**files, "urls.py": CAREFUL})
        repo.write("urls.py", VIEW)
        result = (await judged(repo, "faults"))["faults"]
        assert result.status is GateStatus.FAIL, result
        assert any("under killed of cache default: 500" in each.text for each in result.evidence), result.evidence
