"""Load: drafted from the log, by a locustfile, on an application that is found; another host only when confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import only, opened, quick
from tests.scenarios.validating import judged
from tests.servers import Quiet, serving
from workbench.case.enums import GateStatus
from workbench.case.events import new_event

ASGI = '''"""A service of two pages."""
READY = []


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        READY.append(True)
        await send({"type": "lifespan.startup.complete"})
        return
    assert READY, "started before it is asked"
    status = 200 if scope["path"] in ("/", "/prices", "/news") else 404
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})
'''
LINE = '10.0.0.1 - - [12/May/2026:14:02:00 +0000] "{} HTTP/1.1" {} 12\n'
LOG = "".join(
    LINE.format(asked, status) * count
    for asked, status, count in (
        ("GET /prices?page=2", 200, 60),
        ("GET /news", 200, 20),
        ("GET /orders/17", 200, 90),
        ("GET /nowhere", 404, 90),
        ("POST /orders", 201, 30),
    )
)
SHORT = "[load]\nseconds = 0.9\nclients = 2\n"


async def test_the_mix_comes_from_the_access_log_and_the_application_is_found(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"app.py": ASGI, "test_it.py": "def test(): pass\n", "workbench.toml": SHORT})
    repo.write("app.py", ASGI.replace("two pages", "pages"))
    log = repo.path.parent / "access.log"
    log.write_text(LOG)
    asked = new_event("case.question", "you", {"question": "slow", "log_sources": [str(log)]})
    result = (await judged(repo, "load", events=[asked]))["load"]
    assert result.status is GateStatus.PASS, result.reason
    said = {each.ref: each.text for each in result.evidence}
    assert {"GET /prices", "GET /news"} < said.keys(), "what reads, and no single order"
    assert not {"GET /orders/17", "GET /nowhere"} & said.keys()
    prices, news = (int(said[f"GET /{name}"].split()[2]) for name in ("prices", "news"))
    assert prices > 1.5 * news, "three times as often in the log"
    texts = [each.text for each in result.evidence]
    assert "left out, as it changes something: POST /orders" in texts
    assert any(text.startswith("connections: 0 before, 0 during, 0 after") for text in texts), texts


WSGI = '''"""A shop."""


def app(environ, start_response):
    if environ["PATH_INFO"] == "/total":
        raise RuntimeError("broken")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
'''
LOCUST = """from locust import HttpUser, constant_throughput, task


class Buyer(HttpUser):
    wait_time = constant_throughput(20)

    @task(3)
    def look(self):
        self.client.get("/shop")

    @task
    def total(self):
        with self.client.get("/total", catch_response=True) as answer:
            if answer.status_code == 200 and answer.text != "ok":
                answer.failure("not ok")
"""


@pytest.mark.skipif(find_spec("locust") is None, reason="Locust is not installed; importing it here would patch us")
async def test_the_projects_locustfile_is_the_load(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    files = {"app.py": WSGI.replace("/total", "/never"), "locustfile.py": LOCUST, "test_it.py": "def test(): pass\n"}
    settings = '[load]\nlocustfile = "locustfile.py"\nseconds = 3\nclients = 3\nprocesses = 2\n'
    repo = make_repo({**files, "workbench.toml": settings})
    repo.write("app.py", WSGI)
    result = (await judged(repo, "load"))["load"]
    assert result.status is GateStatus.FAIL, result.reason
    assert "requests were answered 500 (base 0 of" in result.reason
    assert result.tool.startswith("locust")
    said = {each.ref: each.text for each in result.evidence}
    assert "good" in said["GET /shop"]
    assert "failed" in said["GET /total"]
    latency, _ = result.charts
    assert sum(latency.head)


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that this program did not start, and what it was asked."""
    asked: list[str] = []

    class Handler(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

    with serving(Handler) as address:
        yield address, asked


async def test_another_host_is_left_alone_until_it_is_confirmed(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, elsewhere: tuple[str, list[str]]
) -> None:
    quick(monkeypatch)
    host, asked = elsewhere
    settings = f'{SHORT}host = "{host}"\nrequests = [{{ path = "/prices" }}]\n'
    repo = make_repo({"app.py": ASGI, "test_it.py": "def test(): pass\n", "workbench.toml": settings})
    repo.write("app.py", ASGI + "\n")
    result = (await judged(repo, "load"))["load"]
    assert result.status is GateStatus.INCONCLUSIVE
    assert f"{host}, which nobody confirmed" in result.reason
    assert asked == [], "not one request"
    result = (await judged(repo, "load", confirmed=[host]))["load"]
    assert set(asked) == {"/prices"}
    assert result.examined == len(asked)
    assert result.status is GateStatus.INCONCLUSIVE, "nothing stands beside it as a control"
    assert "there is no control" in result.reason


async def test_on_screen_a_host_is_asked_about_before_it_is_loaded(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, elsewhere: tuple[str, list[str]]
) -> None:
    quick(monkeypatch)
    only(monkeypatch, "load")
    host, asked = elsewhere
    settings = f'{SHORT}host = "{host}"\nrequests = [{{ path = "/prices" }}]\n'
    repo = make_repo({"app.py": ASGI, "test_it.py": "def test(): pass\n", "workbench.toml": settings})
    repo.write("app.py", ASGI + "\n")
    async with opened(repo, "3") as driver:
        for key, said in (("n", "nobody confirmed"), ("y", "there is no control")):
            await driver.press("a")
            await driver.sees(f"Load {host}?")
            await driver.pilot.press(key)
            await driver.until(lambda said=said: said in _reason(driver), said)
            assert bool(asked) == (key == "y")


def _reason(driver: Driver) -> str:
    gate = driver.session.state.gates.get("load")
    return gate.reason if gate is not None and not driver.session.gates.running else ""
