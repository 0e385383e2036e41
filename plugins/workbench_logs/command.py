"""The output of any program."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from workbench.api import Feed, Host, Known, Step
from workbench_logs.fetch import fetching, fold_fetched


class CommandSource:
    """``cmd:"argv by shlex, no shell"``. It runs a program, so it needs the user's trust."""

    def accepts(self, location: str) -> bool:
        """``cmd:ARGV``."""
        return location.startswith("cmd:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """Run it once."""
        argv = _argv(location)
        if not argv:
            yield Known((f"{location}: this names no program",))
            return
        for step in fetching(argv, location, host, executes=True):
            yield step

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """Its output."""
        return replace(fold_fetched(location, results, tuple(_argv(location))), executes=True)


def _argv(location: str) -> list[str]:
    text = location.removeprefix("cmd:")
    try:
        argv = shlex.split(text)
        return shlex.split(argv[0]) if len(argv) == 1 and " " in argv[0] else argv
    except ValueError:
        return []
