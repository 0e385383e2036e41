"""JSON-RPC 2.0 between two programs, a message a line: requests either way, and notifications."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from workbench.api import Conversation

METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL = -32601, -32602, -32603

Message = Mapping[str, Any]
Answering = Callable[[str, Message], Awaitable[Any]]


class RpcError(Exception):
    """The other side answered with an error, or we are to."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class AgentGoneError(Exception):
    """The program ended, or said what is no message, while an answer was waited for."""


class Peer:
    """Our end. ``answer`` is asked for each request of the other side, ``noticed`` told each of its notifications.

    Run :meth:`listen` beside what asks; when it returns, the other side is gone.
    """

    def __init__(self, talk: Conversation, answer: Answering, noticed: Callable[[str, Message], None]) -> None:
        self._talk = talk
        self._answer = answer
        self._noticed = noticed
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._gone = ""

    async def ask(self, method: str, params: Message) -> Any:
        """The result of a request. Raises RpcError, AgentGoneError."""
        if self._gone:
            raise AgentGoneError(self._gone)
        ident = next(self._ids)
        self._asked[ident] = asyncio.get_running_loop().create_future()
        try:
            await self._send({"id": ident, "method": method, "params": params})
            return await self._asked[ident]
        finally:
            self._asked.pop(ident, None)

    async def notify(self, method: str, params: Message) -> None:
        """Tell the other side something. Raises AgentGoneError."""
        await self._send({"method": method, "params": params})

    async def listen(self) -> None:
        """Take what comes until the other side ends; then everything that waits for an answer is told so."""
        try:
            async for line in self._talk.lines():
                if line.strip():
                    self._take(line)
            said = self._talk.last_words()
            self._end("the agent ended" + (f": {said.splitlines()[-1]}" if said else ""))
        except ValueError as error:
            self._end(f"the agent said what is no message of the protocol: {error}")
        finally:
            for task in self._answering:
                task.cancel()

    def _take(self, line: bytes) -> None:
        """One message. Raises ValueError for what is none."""
        message = json.loads(line)
        if not isinstance(message, dict):
            raise ValueError(repr(line[:80]))
        if "method" not in message:
            self._settle(message)
        elif "id" in message:
            task = asyncio.ensure_future(self._answered(message))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        else:
            self._noticed(str(message["method"]), _params(message))

    def _settle(self, message: Message) -> None:
        ident = message.get("id")
        waiting = self._asked.get(ident) if isinstance(ident, int) else None
        if waiting is None or waiting.done():
            return
        error = message.get("error")
        if isinstance(error, dict):
            waiting.set_exception(RpcError(int(error.get("code", INTERNAL)), str(error.get("message", "no reason"))))
        else:
            waiting.set_result(message.get("result"))

    async def _answered(self, message: Message) -> None:
        made: dict[str, Any] = {"id": message["id"]}
        try:
            made["result"] = await self._answer(str(message["method"]), _params(message))
        except RpcError as error:
            made["error"] = {"code": error.code, "message": str(error)}
        except (KeyError, TypeError, ValueError) as error:
            made["error"] = {"code": INVALID_PARAMS, "message": f"{type(error).__name__}: {error}"}
        await self._send(made)

    async def _send(self, message: Message) -> None:
        try:
            await self._talk.say(json.dumps({"jsonrpc": "2.0", **message}).encode())
        except ConnectionError as error:
            raise AgentGoneError("the agent ended") from error

    def _end(self, why: str) -> None:
        self._gone = why
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(AgentGoneError(why))


def _params(message: Message) -> Message:
    params = message.get("params")
    return params if isinstance(params, dict) else {}
