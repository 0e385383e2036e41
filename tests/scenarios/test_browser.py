"""An observer in a real browser: sees the case, cannot do anything, and needs the token."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.snapshots import incident
from workbench.engine.store.library import Library

aiohttp = pytest.importorskip("aiohttp", reason="the extra web is not installed")
pytest.importorskip("textual_serve", reason="the extra web is not installed")
PATIENCE = 120


@pytest.fixture
async def address(tmp_path: Path) -> Any:
    """A case served to a browser; gives the address with its token."""
    _, case = await incident.write_case(tmp_path)
    data = vars(incident.arguments(tmp_path, case))["store"]
    argv = [sys.executable, "-P", "-m", "workbench", "--store", data, "serve", "--web", case, "--for", "30m"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment, cwd="/")
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), PATIENCE)
        yield line.decode().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


@pytest.fixture
def chromium() -> Iterator[str]:
    """A headless Chromium; gives the address of its tools."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        pytest.skip("chromium is not installed")
    profile = tempfile.mkdtemp(prefix="chromium-")
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--remote-debugging-port=0",
        "--window-size=1600,1000",
    ]
    process = subprocess.Popen(
        [binary, *options, f"--user-data-dir={profile}", "about:blank"],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    port = Path(profile) / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while not (port.exists() and port.read_text().strip()):
        assert time.monotonic() < end, "chromium does not start"
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port.read_text().split()[0]}"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    shutil.rmtree(profile, ignore_errors=True)


def plain(came: bytes) -> str:
    """What was sent to a terminal, without its escape sequences."""
    return re.sub(r"\x1b\[[0-9;?<>=]*[A-Za-z]", "", came.decode("utf-8", "replace"))


class Page:
    """A page of the browser: what its terminal was sent."""

    def __init__(self, tools: Any) -> None:
        self._tools = tools
        self._number = 0
        self._came = b""
        self.requested: list[str] = []

    async def tell(self, method: str, **given: Any) -> None:
        self._number += 1
        await self._tools.send_json({"id": self._number, "method": method, "params": given})

    async def sees(self, text: str) -> None:
        """Wait until the terminal was sent ``text``."""
        end = time.monotonic() + PATIENCE
        while text not in (shown := plain(self._came)):
            left = end - time.monotonic()
            assert left > 0, f"{text} did not come: {shown[-3000:]}"
            with suppress(TimeoutError):
                self._took(json.loads((await self._tools.receive(timeout=left)).data))

    def _took(self, message: dict[str, Any]) -> None:
        frame = message.get("params", {}).get("response", {})
        if message.get("method") == "Network.webSocketFrameReceived":
            data = frame["payloadData"]
            self._came += base64.b64decode(data) if frame["opcode"] == 2 else data.encode()
        elif message.get("method") == "Network.requestWillBeSent":
            self.requested.append(message["params"]["request"]["url"])


async def test_an_observer_in_a_browser(address: str, chromium: str, tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as web:
        base, _, token = address.partition("?token=")
        assert (base.startswith("http://127.0.0.1:"), len(token)) == (True, 32)
        for url, headers in [
            (base, {}),
            (f"{base}?token={'0' * 32}", {}),
            (f"{base}static/js/textual.js", {}),
            (base, {"Cookie": "workbench=0"}),
            (f"{base}ws", {}),
            (address, {"Host": "evil.example"}),
            (address, {"Origin": "http://evil.example"}),
        ]:
            async with web.get(url, headers=headers, allow_redirects=False) as answer:
                assert answer.status == 403, url
        library = Library(Path(vars(incident.arguments(tmp_path, ""))["store"]))
        events = library.events(library.cards()[0].id)
        refused = [event.data["name"] for event in events if event.kind == "access.refused"]
        assert refused == ["somebody in a browser"] * 2, "the forged token and the forged cookie"
        async with web.put(f"{chromium}/json/new?about:blank") as answer:
            target = (await answer.json())["webSocketDebuggerUrl"]
        async with web.ws_connect(target, max_msg_size=0) as tools:
            page = Page(tools)
            await page.tell("Network.enable")
            await page.tell("Page.enable")
            await page.tell("Page.navigate", url=address)
            await page.sees("Red or green")
            inside = [url for url in page.requested if url.startswith(base)]
            assert inside
            assert not any(token in url for url in inside[1:]), "the token is asked for once"


async def test_a_token_that_has_expired_opens_nothing() -> None:
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    from workbench.cli.web import guard

    said: list[str] = []
    application = web.Application(middlewares=[guard("t" * 32, time.time() - 1, "http://127.0.0.1:1", said.append)])
    async with TestClient(TestServer(application)) as client:
        answer = await client.get("/?token=" + "t" * 32, headers={"Host": "127.0.0.1:1"})
        assert (answer.status, "expired" in await answer.text()) == (403, True)
        assert ["expired" in each for each in said] == [True]
