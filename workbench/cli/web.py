"""``workbench serve --web``: a case to look at in a browser, by textual-serve. Viewers only."""

from __future__ import annotations

import asyncio
import os
import secrets
import shlex
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

COOKIE = "workbench"
JOURNALED = 20
"""Refused tokens that are told of at most: who tries them all must not fill the record."""


def serve(
    case: str, store: str, actor: str, host: str, port: int, seconds: float, refused: Callable[[str], None]
) -> None:
    """Serve ``case`` until ``seconds`` are over; prints the address with its token. ``refused`` is told, on a thread,
    why a token opened nothing.

    Raises ImportError without the extra ``web``, and OSError for an address that cannot be had.
    """
    from textual_serve.server import Server

    argv = [sys.executable, "-P", "-m", "workbench", "join", case, "--role", "viewer"]
    os.environ |= {"WORKBENCH_STORE": store, "WORKBENCH_ACTOR": f"{actor} in a browser"}
    token = secrets.token_hex(16)
    watching: set[Any] = set()

    class Observers(Server):
        """The server of textual-serve behind a token, saying nothing of its own."""

        def initialize_logging(self) -> None:
            """It says nothing."""

        async def on_startup(self, app: Any) -> None:
            """Say where it is, and end when the token does."""
            loop = asyncio.get_running_loop()
            loop.call_later(seconds, self.request_exit)
            self._telling = loop.create_task(_tell(host, port, f"{self.public_url}/?token={token}"))

        async def handle_websocket(self, request: Any) -> Any:
            """One observer's terminal."""
            task = asyncio.current_task()
            watching.add(task)
            try:
                return await super().handle_websocket(request)
            finally:
                watching.discard(task)

        async def on_shutdown(self, app: Any) -> None:
            """Nobody is waited for."""
            for task in tuple(watching):
                task.cancel()

        async def _make_app(self) -> Any:
            app = await super()._make_app()
            app.middlewares.append(guard(token, time.time() + seconds, self.public_url, refused))
            return app

    shown = f"[{host}]" if ":" in host else host
    server = Observers(shlex.join(argv), host, port, title=f"workbench {case}", public_url=f"http://{shown}:{port}")
    server.serve()


async def _tell(host: str, port: int, address: str) -> None:
    """Print the address when it is answered, which begins after the start."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        print(address, flush=True)
        return


def guard(token: str, until: float, address: str, refused: Callable[[str], None]) -> Any:
    """The middleware: nothing without the token, which is exchanged for a cookie so that it stays in no history."""
    from aiohttp import web

    place = urlsplit(address).netloc
    policy = f"default-src 'self' 'unsafe-inline' data:; connect-src 'self' ws://{place}; frame-ancestors 'none'"

    told = 0

    async def no(text: str, brought: bool) -> Any:
        """The refusal of what is not let in; of a token that was ``brought`` it is told."""
        nonlocal told
        if brought and told < JOURNALED:
            told += 1
            await asyncio.to_thread(refused, text)
        return web.Response(status=403, text=text)

    @web.middleware
    async def guarded(request: Any, handler: Any) -> Any:
        if request.host != place or request.headers.get("Origin", address) != address:
            return web.Response(status=403, text="this is served at another address")
        given = request.query.get("token", "")
        brought = bool(given or request.cookies.get(COOKIE))
        if time.time() > until:
            return await no("the token has expired: ask for a new one", brought)
        if given and secrets.compare_digest(given.encode(), token.encode()):
            answer = web.Response(status=303, headers={"Location": "/"})
            answer.set_cookie(COOKIE, token, httponly=True, samesite="Strict", max_age=int(until - time.time()))
            return answer
        if not secrets.compare_digest(request.cookies.get(COOKIE, "").encode(), token.encode()):
            return await no("a token is needed: open the address that was printed", brought)
        answer = await handler(request)
        if not answer.prepared:
            answer.headers["Content-Security-Policy"] = policy
            answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return guarded
