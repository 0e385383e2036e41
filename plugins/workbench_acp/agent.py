"""An agent as a fixer and as an adviser: at most three attempts, each judged by the tests and by nothing it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from workbench.api import AdviceError, Claim, Command, FixHost, FixRequest, Known, Output, Proposal, Step
from workbench_acp.claims import claims_in
from workbench_acp.dialogue import Dialogue, Stopped
from workbench_acp.prompts import again, inquiry, task
from workbench_acp.rpc import AgentGoneError, RpcError

ATTEMPTS = 3
"""Prompts for one request at most; a description may ask for fewer."""

SECONDS, TURNS = 900.0, 100
"""What an agent may take for one request, and how many tools it may use for one prompt, unless described otherwise."""


class AgentError(Exception):
    """The agent could not be talked to; the message says why."""


class Agent:
    """Implements :class:`workbench.api.Fixer` and :class:`workbench.api.Adviser` for one described agent."""

    dear = True

    def __init__(
        self, name: str, title: str, command: Sequence[str], writes: Sequence[str], described: Mapping[str, Any]
    ) -> None:
        self._name = name
        self._title = title if described.get("title") else f"what {name} changed"
        self._argv = tuple(command)
        self._writes = tuple(writes)
        self._env = {str(key): str(value) for key, value in described.get("env", {}).items()}
        self._attempts = max(1, min(ATTEMPTS, int(described.get("attempts", ATTEMPTS))))
        self._turns = int(described.get("turns", TURNS))
        self.limit = float(described.get("timeout", SECONDS))

    def applies(self, request: FixRequest) -> str:
        """A failing test, else one finding or error."""
        if request.failing_test:
            alone = request.finding is None and request.error is None and request.change is None
            return "" if alone else "is asked for the test itself"
        return "" if request.finding is not None or request.error is not None else "mends tests, findings and errors"

    async def plan(self, request: FixRequest, host: FixHost) -> AsyncIterator[Step]:
        """The dialogue. Raises AgentError."""
        dialogue = Dialogue(self._name, request.worktree, host, self._turns)
        notes: list[str] = []
        try:
            async with dialogue.open(self._command(request.worktree, host)):
                notes = await self._attempt(dialogue, request, host)
        except (RpcError, AgentGoneError, Stopped) as error:
            if not isinstance(error, Stopped):
                host.tell("workbench", str(error))
            raise AgentError(str(error)) from error
        if not host.confines:
            notes.append("was not confined to its worktree: this system cannot; look at git status")
        yield Known((dialogue.said, *notes))

    async def _attempt(self, dialogue: Dialogue, request: FixRequest, host: FixHost) -> list[str]:
        """Prompt until the test is green, three times at most; what is to be known of it."""
        text = task(request)
        for attempt in range(1, self._attempts + 1):
            reason = await dialogue.prompt(text)
            if reason in ("refusal", "cancelled"):
                return [f"it stopped: {reason}"]
            tested = await host.tried()
            if tested is None or tested.outcome == "green":
                return [f"attempt {attempt} of {self._attempts}"] if attempt > 1 else []
            host.tell("workbench", f"the test is {tested.outcome}: {tested.reason}")
            text = again(tested)
        return [f"red after {self._attempts} attempts" if self._attempts > 1 else "red after its attempt"]

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """What it left in the worktree, with what it says of it marked as what it says."""
        said, *notes = results
        first = next((line.strip() for line in str(said).splitlines() if line.strip()), "")
        note = [*notes, f"it says, and nobody checked: {first[:300]}"] if first else notes
        finding, error = request.finding, request.error
        where = request.failing_test.rpartition("::")[2] or (error.name if error else "")
        where = f"{finding.path}:{finding.line}" if finding else where
        return Proposal("", self._name, f"{where}: {self._title}", "agent", note="\n".join(note))

    async def claims(self, question: str, context: str, worktree: str, host: FixHost) -> Sequence[Claim]:
        """What it thinks the causes are. Raises AdviceError."""
        dialogue = Dialogue(self._name, worktree, host, self._turns)
        try:
            async with dialogue.open(self._command(worktree, host)):
                await dialogue.prompt(inquiry(question, context))
        except (RpcError, AgentGoneError, Stopped) as error:
            raise AdviceError(f"{self._name}: {error}") from error
        found = claims_in(dialogue.said)
        if not found:
            raise AdviceError(f"{self._name} gave no claim that can be looked at")
        return found

    def _command(self, worktree: str, host: FixHost) -> Command:
        env = {"TMPDIR": host.scratch(), **self._env}
        writes = (worktree, host.scratch(), *self._writes)
        return Command(self._argv, _unused, cwd=worktree, env=env, executes=True, writes=writes)


def _unused(output: Output) -> list[Any]:
    """A dialogue has no output to parse."""
    return []
