"""Agents for tests: small programs of their own that speak the Agent Client Protocol over their standard streams.

Run as ``python agents.py BEHAVIOUR [ARGUMENT]``; standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

BUG, MENDED = "prices[1:]", "prices"


def send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def receive() -> dict[str, Any]:
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    message: dict[str, Any] = json.loads(line)
    return message


class Agent:
    """``prompts`` counts what it was asked; ``heard`` is what was said to it."""

    def __init__(self, behaviour: str, argument: str) -> None:
        self.behaviour, self.argument = behaviour, argument
        self.root = ""
        self.prompts = 0
        self.heard = ""
        self.ids = 0
        self.cancelled = False

    def serve(self) -> None:
        while True:
            message = receive()
            match message.get("method"):
                case "initialize":
                    agreed = {"protocolVersion": 1, "agentCapabilities": {"loadSession": False}, "authMethods": []}
                    send({"id": message["id"], "result": agreed})
                case "session/new":
                    self.root = message["params"]["cwd"]
                    send({"id": message["id"], "result": {"sessionId": "s1"}})
                case "session/prompt":
                    self.prompts += 1
                    self.heard = message["params"]["prompt"][0]["text"]
                    getattr(self, self.behaviour)()
                    reason = "cancelled" if self.cancelled else "end_turn"
                    send({"id": message["id"], "result": {"stopReason": reason}})

    def ask(self, method: str, **params: Any) -> Any:
        """A request to the client; a cancellation that comes meanwhile is kept in mind."""
        self.ids += 1
        send({"id": self.ids, "method": method, "params": {"sessionId": "s1", **params}})
        while True:
            message = receive()
            if message.get("method") == "session/cancel":
                self.cancelled = True
            elif message.get("id") == self.ids and "method" not in message:
                return message.get("result", message.get("error"))

    def update(self, what: str, **more: Any) -> None:
        send({"method": "session/update", "params": {"sessionId": "s1", "update": {"sessionUpdate": what, **more}}})

    def say(self, text: str) -> None:
        self.update("agent_message_chunk", content={"type": "text", "text": text})

    def edit(self, path: str, old: str, new: str) -> Any:
        place = f"{self.root}/{path}"
        text = self.ask("fs/read_text_file", path=place)["content"]
        return self.ask("fs/write_text_file", path=place, content=text.replace(old, new))

    def may(self, title: str, kind: str = "edit") -> str:
        options = [
            {"optionId": "yes", "name": "Allow", "kind": "allow_once"},
            {"optionId": "no", "name": "Reject", "kind": "reject_once"},
        ]
        call = {"toolCallId": "t1", "title": title, "kind": kind, "rawInput": {"path": "shop.py"}}
        self.update("tool_call", **call, status="pending")
        outcome = self.ask("session/request_permission", toolCall=call, options=options)["outcome"]
        return str(outcome.get("optionId", outcome["outcome"]))

    def good(self) -> None:
        self.say("The first price is left out. ")
        self.edit("shop.py", BUG, MENDED)
        self.say("Mended.")

    def polite(self) -> None:
        if self.may("Edit shop.py") == "yes":
            self.edit("shop.py", BUG, MENDED)
        else:
            self.say("I was not allowed to.")

    def lies(self) -> None:
        self.edit("shop.py", '"""Prices."""', '"""Prices!"""')
        self.say("All tests pass now. I ran them.")

    def learns(self) -> None:
        """Wrong at first; right when it is told what the test said."""
        if "The workbench ran the test on your change: red" in self.heard:
            self.edit("shop.py", "prices[2:]", "prices[0:]")
        else:
            self.edit("shop.py", BUG, "prices[2:]")

    def edits_tests(self) -> None:
        self.edit("test_shop.py", "== 3", ">= 0")
        self.say("Green.")

    def mixed(self) -> None:
        self.edit("test_shop.py", "== 3", ">= 0")
        self.edit("shop.py", BUG, MENDED)

    def hangs(self) -> None:
        Path(self.argument).write_text(str(os.getpid()))
        time.sleep(600)

    def wanders(self) -> None:
        """Tries to write outside its worktree: by itself, by the client, through a link."""
        outside = Path(self.argument)
        for attempt in (
            lambda: outside.write_text("was here"),
            lambda: (outside.parent / "repo1" / "shop.py").unlink(),
            lambda: Path(self.root, "link").symlink_to(outside.parent),
        ):
            try:
                attempt()
            except OSError as error:
                self.say(f"[{type(error).__name__}] ")
        for path in (str(outside), f"{self.root}/../../x.py", f"{self.root}/link/x.py", f"{self.root}/.git/config"):
            self.say(json.dumps(self.ask("fs/write_text_file", path=path, content="was here")) + " ")
        Path(self.root, "link").unlink()
        self.edit("shop.py", BUG, MENDED)

    def dies(self) -> None:
        self.edit("shop.py", BUG, MENDED)
        print("out of credit", file=sys.stderr, flush=True)
        os._exit(3)

    def babbles(self) -> None:
        print("Loading…", flush=True)

    def busy(self) -> None:
        """Uses tools until it is told to stop."""
        while not self.cancelled:
            self.update("tool_call", toolCallId="t", title="look around", kind="read")
            self.ask("fs/read_text_file", path=f"{self.root}/shop.py")

    def claims(self) -> None:
        Path(self.root, "shop.py").write_text("spoiled")
        self.say("I think:\n```json\n" + self.argument + "\n```\nThat is all.")


if __name__ == "__main__":
    Agent(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "").serve()
