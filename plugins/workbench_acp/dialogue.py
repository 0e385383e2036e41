"""One session with an agent: what it asks for is answered, what it says and does is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from workbench.api import Command, FixHost
from workbench_acp.files import read_text, write_text
from workbench_acp.rpc import METHOD_NOT_FOUND, AgentGoneError, Message, Peer, RpcError

VERSION = 1
_ONCE, _ALWAYS, _DENY, _STOP = "once", "always", "deny", "stop"
_KINDS = {_ONCE: "allow_once", _ALWAYS: "allow_always", _DENY: "reject_once", _STOP: "reject_once"}
CAPABILITIES = {"fs": {"readTextFile": True, "writeTextFile": True}, "terminal": False}


class Stopped(Exception):  # noqa: N818 - not an error of ours: the agent was told to stop
    """The dialogue was ended; the message says why."""


class Dialogue:
    """``turns`` is how many tools it may use for one prompt. ``said`` is its latest answer."""

    def __init__(self, name: str, root: str, host: FixHost, turns: int) -> None:
        self._name = name
        self._root = root
        self._host = host
        self._turns = turns
        self._used = 0
        self._always: set[str] = set()
        self._session = ""
        self._stopped = ""
        self._pending: list[str] = []
        self.said = ""
        self._peer: Peer

    @asynccontextmanager
    async def open(self, command: Command) -> AsyncIterator[Dialogue]:
        """Start the agent and a session in the worktree. Raises RpcError, AgentGoneError, CommandMissingError."""
        async with self._host.converse(command) as talk:
            self._peer = Peer(talk, self._answer, self._noticed)
            listening = asyncio.ensure_future(self._peer.listen())
            try:
                hello = {"protocolVersion": VERSION, "clientCapabilities": CAPABILITIES}
                hello["clientInfo"] = {"name": "workbench", "title": "Workbench", "version": "1"}
                agreed = await self._peer.ask("initialize", hello)
                if agreed.get("protocolVersion") != VERSION:
                    raise AgentGoneError(f"it speaks version {agreed.get('protocolVersion')} of the protocol, not 1")
                made = await self._peer.ask("session/new", {"cwd": self._root, "mcpServers": []})
                self._session = made["sessionId"]
                yield self
            finally:
                listening.cancel()

    async def prompt(self, text: str) -> str:
        """Say something and wait for the end of the turn; gives the reason it stopped for. Raises Stopped, RpcError,
        AgentGoneError."""
        self._host.tell("workbench", text)
        self._used, self.said, self._pending = 0, "", []
        asked = {"sessionId": self._session, "prompt": [{"type": "text", "text": text}]}
        try:
            answer = await self._peer.ask("session/prompt", asked)
        except asyncio.CancelledError:
            await asyncio.shield(self._cancel())
            raise
        self.said = "".join(self._pending)
        if self.said:
            self._host.tell(self._name, self.said)
        if self._stopped:
            self._host.tell("workbench", self._stopped)
            raise Stopped(self._stopped)
        return str(answer.get("stopReason", ""))

    async def _cancel(self) -> None:
        try:
            await self._peer.notify("session/cancel", {"sessionId": self._session})
        except AgentGoneError:
            return

    async def _answer(self, method: str, params: Message) -> Any:
        match method:
            case "fs/read_text_file":
                at = (int(params.get("line") or 0), int(params.get("limit") or 0))
                return {"content": await asyncio.to_thread(read_text, self._root, str(params["path"]), *at)}
            case "fs/write_text_file":
                self._host.tell(self._name, f"writes {params['path']}")
                return await asyncio.to_thread(write_text, self._root, str(params["path"]), str(params["content"]))
            case "session/request_permission":
                return {"outcome": await self._permission(params)}
        raise RpcError(METHOD_NOT_FOUND, f"{method} is not offered here")

    async def _permission(self, params: Message) -> dict[str, str]:
        """The answer of a person; what they always allow is asked once."""
        call, options = params.get("toolCall") or {}, params.get("options") or []
        what = str(call.get("title") or call.get("kind") or call.get("toolCallId") or "do something")
        kind = str(call.get("kind") or what)
        if self._stopped:
            return {"outcome": "cancelled"}
        if kind in self._always:
            answer = _ONCE
        else:
            details = [f"{self._name} asks: {what}", *_details(call)]
            answer = await self._host.ask("\n".join(details), (_ONCE, _ALWAYS, _DENY, _STOP))
        self._host.tell("workbench", f"{what}: {answer}")
        if answer == _ALWAYS:
            self._always.add(kind)
        if answer == _STOP:
            self._stopped = f"stopped when it asked: {what}"
            await self._cancel()
            return {"outcome": "cancelled"}
        option = _option(options, _KINDS[answer])
        return {"outcome": "selected", "optionId": option} if option else {"outcome": "cancelled"}

    def _noticed(self, method: str, params: Message) -> None:
        update = params.get("update")
        if method != "session/update" or not isinstance(update, Mapping):
            return
        match update.get("sessionUpdate"):
            case "agent_message_chunk":
                self._pending.append(str((update.get("content") or {}).get("text", "")))
            case "tool_call":
                self._used += 1
                self._host.tell(self._name, f"does: {update.get('title', update.get('kind', 'something'))}")
                if self._used > self._turns and not self._stopped:
                    self._stopped = f"stopped after {self._turns} uses of its tools"
                    self._ending = asyncio.ensure_future(self._cancel())


def _details(call: Message) -> Sequence[str]:
    """What a call is about: the places, and the input as it stands."""
    places = [str(each.get("path", "")) for each in call.get("locations") or () if isinstance(each, Mapping)]
    given = call.get("rawInput")
    lines = [f"{key}: {value}" for key, value in given.items()] if isinstance(given, Mapping) else []
    return [*places, *(line[:400] for line in lines)]


def _option(options: Sequence[Any], kind: str) -> str:
    """The option of that kind; for always, once will do, and a denial of any length for one."""
    known = {str(each.get("kind")): str(each.get("optionId")) for each in options if isinstance(each, Mapping)}
    near = "allow_once" if kind.startswith("allow") else "reject_always"
    return known.get(kind) or known.get(near) or ""
