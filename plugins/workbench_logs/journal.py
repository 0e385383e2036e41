"""The systemd journal of one unit, and whose messages of it this user may not see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Feed, Host, Step
from workbench_logs.fetch import fetching, fold_fetched

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
        return fold_fetched(
            location, results, (*journal_argv(location.removeprefix("journal:")), "--lines=0", "--follow")
        )


def journal_argv(unit: str) -> tuple[str, ...]:
    """The export of one unit (all of them when empty) as JSON lines, oldest first."""
    argv = ("journalctl", "--no-pager", "--output=json", "--all", f"--output-fields={_FIELDS}")
    return (*argv, f"--unit={unit}") if unit else argv
