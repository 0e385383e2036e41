"""An application of ASGI 3, HTTP and lifespan, behind WSGI. Standard library only; runs in the project's interpreter.

One event loop in a thread of its own serves every request, so that what the application keeps on its loop works.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

STARTING = 30.0
"""Seconds that an application may take to start."""


def is_asgi(app: Any) -> bool:
    """Whether calling ``app`` gives a coroutine."""
    call = app if inspect.isfunction(app) or inspect.ismethod(app) else getattr(app, "__call__", None)  # noqa: B004 - the method is asked
    return inspect.iscoroutinefunction(call)


class _Started:
    """The lifespan of an application: it is told to start, and never to end (the process is)."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._said = asyncio.Event()
        self.state: dict[str, Any] = {}
        self.problem = ""

    async def begin(self) -> None:
        """Return when it has started, or has said that it knows no lifespan."""
        self._task = asyncio.ensure_future(self._live())
        await asyncio.wait_for(self._said.wait(), STARTING)
        if self.problem:
            raise RuntimeError(self.problem)

    async def _live(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()
            asked = True
            return {"type": "lifespan.startup"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.failed":
                self.problem = message.get("message") or "the application did not start"
            self._said.set()

        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - an application may know no lifespan: ASGI, "Lifespan protocol"
            self._said.set()
        self._said.set()


def as_wsgi(app: Any) -> Callable[..., Iterable[bytes]]:
    """``app`` as a WSGI application; its lifespan has begun."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    started = _Started(app)
    asyncio.run_coroutine_threadsafe(started.begin(), loop).result()

    def wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        made = asyncio.run_coroutine_threadsafe(_answer(app, _scope(environ, started.state), body), loop)
        status, headers, content = made.result()
        start_response(f"{status} -", [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
        return [content]

    return wsgi


def _scope(environ: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    names = [(name[5:].replace("_", "-").lower(), str(value)) for name, value in environ.items() if name[:5] == "HTTP_"]
    names += [
        (name.replace("_", "-").lower(), str(environ[name]))
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if environ.get(name)
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": "http",
        "path": environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        "raw_path": unquote_to_bytes(environ["PATH_INFO"]),
        "root_path": "",
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in names],
        "client": (environ.get("REMOTE_ADDR", ""), 0),
        "server": (environ.get("SERVER_NAME", ""), int(environ.get("SERVER_PORT") or 0)),
        "state": dict(state),
    }


async def _answer(app: Any, scope: dict[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body; 500 for what the application raises before it answers."""
    given, ended = False, asyncio.Event()
    status, headers, parts = 500, [], []

    async def receive() -> dict[str, Any]:
        nonlocal given
        if given:
            await ended.wait()
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                ended.set()

    try:
        await app(scope, receive, send)
    except Exception:  # noqa: BLE001 - what an application raises is a 500, as servers answer it
        traceback.print_exc()
        return 500, [], b""
    return status, headers, b"".join(parts)
