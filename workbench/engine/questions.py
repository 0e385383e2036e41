"""Questions of what works by itself, agents above all: they wait in a queue for a person, and take no focus."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """One question; the answer is one of ``choices``."""

    question: str
    choices: tuple[str, ...]
    answer: asyncio.Future[str] = field(repr=False)


class Questions:
    """``heard`` says that a person is there: where nobody is, the last choice (the one that stops) is the answer. It is
    too where ``why_not`` says why nothing may be executed here, as when the wheel was handed over: permissions are the
    driver's to give."""

    def __init__(self, why_not: Callable[[], str] = lambda: "") -> None:
        self._why_not = why_not
        self.heard = False
        self.waiting: list[Waiting] = []
        self._listeners: list[Callable[[], None]] = []

    async def ask(self, question: str, choices: Sequence[str]) -> str:
        """Wait for the answer; whoever stops waiting takes the question back."""
        if not self.heard or self._why_not():
            return choices[-1]
        one = Waiting(question, tuple(choices), asyncio.get_running_loop().create_future())
        self.waiting.append(one)
        self._tell()
        try:
            return await one.answer
        finally:
            self.waiting.remove(one)
            self._tell()

    def answer(self, one: Waiting, choice: str) -> None:
        """Answer a question; one that was taken back meanwhile is left alone."""
        if one in self.waiting and not one.answer.done():
            one.answer.set_result(one.choices[-1] if self._why_not() else choice)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever a question comes or goes."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
