"""The systemd journal of one unit, and whose messages of it this user may not see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from workbench.api import Feed, Host, Step
from workbench_logs.fetch import fetching, fold_fetched

_HIDDEN = re.compile(r"not seeing messages|insufficient permissions|[Pp]ermission denied|can see all messages")
_FIELDS = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_HOSTNAME,_PID,_COMM,_SOURCE_REALTIME_TIMESTAMP"


class JournalSource:
    """``journal:UNIT``; ``journal:`` alone is the whole journal.

    Outside the group systemd-journal, journalctl exits with 0, gives no entries and says so only on standard error:
    that ends in ``denied``.
    """

    def accepts(self, location: str) -> bool:
        """``journal:UNIT``."""
        return location.startswith("journal:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """One export as JSON lines."""
        for step in fetching(journal_argv(location.removeprefix("journal:")), location, host):
            yield step

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The export; what the reader was not allowed to see is always named."""
        argv = journal_argv(location.removeprefix("journal:"))
        feed = fold_fetched(location, results, (*argv, "--lines=0", "--follow"))
        hidden = tuple(note for note in feed.notes if _HIDDEN.search(note))
        others = tuple(note for note in feed.notes if note not in hidden and "Pass -q to" not in note)
        return replace(feed, denied=(*feed.denied, *hidden), notes=others)


def journal_argv(unit: str) -> tuple[str, ...]:
    """The export of one unit (all of them when empty) as JSON lines, oldest first."""
    argv = ("journalctl", "--no-pager", "--output=json", "--all", f"--output-fields={_FIELDS}")
    return (*argv, f"--unit={unit}") if unit else argv
