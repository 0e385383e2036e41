"""An agent written with the protocol's own library: what we speak is what it speaks. Run as a program."""

from __future__ import annotations

import asyncio
from typing import Any

from acp import (
    PROTOCOL_VERSION,
    Agent,
    InitializeResponse,
    NewSessionResponse,
    PromptResponse,
    run_agent,
    text_block,
    update_agent_message,
)
from acp.schema import PermissionOption, ToolCallUpdate


class Mends(Agent):
    """Asks for leave, reads, writes, says what it did; the library checks every message in either direction."""

    def on_connect(self, conn: Any) -> None:
        self.client = conn

    async def initialize(self, protocol_version: int, **_: Any) -> InitializeResponse:
        return InitializeResponse(protocol_version=PROTOCOL_VERSION)

    async def new_session(self, cwd: str, **_: Any) -> NewSessionResponse:
        self.cwd = cwd
        return NewSessionResponse(session_id="s1")

    async def prompt(self, session_id: str, prompt: list[Any], **_: Any) -> PromptResponse:
        options = [PermissionOption(option_id="yes", name="Allow", kind="allow_once")]
        call = ToolCallUpdate(tool_call_id="t1", title="Edit shop.py", kind="edit")
        asked = await self.client.request_permission(session_id=session_id, tool_call=call, options=options)
        if asked.outcome.outcome != "selected":
            return PromptResponse(stop_reason="refusal")
        path = f"{self.cwd}/shop.py"
        read = await self.client.read_text_file(session_id=session_id, path=path)
        text = read.content.replace("prices[1:]", "prices")
        await self.client.write_text_file(session_id=session_id, path=path, content=text)
        await self.client.session_update(session_id=session_id, update=update_agent_message(text_block("Summed all.")))
        return PromptResponse(stop_reason="end_turn")


if __name__ == "__main__":
    asyncio.run(run_agent(Mends()))
