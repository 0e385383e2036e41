"""What runs, live: how far each piece of work is and for how long; Enter stops one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench_kit.chooser import Choice, Chooser
from workbench_kit.text import plain
from workbench_kit.when import elapsed

if TYPE_CHECKING:
    from workbench.engine.jobs import Job, Jobs

EVERYTHING = "all"
TICK = 1.0
"""Seconds between two looks."""


class Running(Chooser):
    """The work of a session. It stays open until nothing runs, so that one after the other can be stopped."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        super().__init__("What runs", choices_of(jobs.all), "⏎ stop it   ↑↓ move   esc close")

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK, self._look)

    def chosen(self, ident: str) -> None:
        stopped = [job for job in self._jobs.all if job.running and ident in (str(job.id), EVERYTHING)]
        for job in stopped:
            self._jobs.cancel(job)
        if stopped:
            names = ", ".join(job.name for job in stopped)
            self.notify(f"stopped: {names}; what was found by then stays", timeout=4, markup=False)
        self.dismiss(None)

    def _look(self) -> None:
        self.renew(choices_of(self._jobs.all))


def choices_of(jobs: Sequence[Job]) -> list[Choice]:
    """A row for each of ``jobs`` that runs, the oldest first; with several, one for all of them."""
    there = sorted((job for job in jobs if job.running), key=lambda job: -job.seconds)
    rows = [Choice(str(job.id), f"{plain(job.name)} {job.far}".strip(), elapsed(job.seconds)) for job in there]
    if len(rows) > 1:
        rows.append(Choice(EVERYTHING, "everything", "all"))
    return rows or [Choice("", "nothing runs now")]
