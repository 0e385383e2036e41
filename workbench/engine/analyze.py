"""Running one analyzer: started, reported in batches, finished; whatever goes wrong in it is a check line."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import Any

from workbench.api import Host, Subject
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus
from workbench.case.events import new_event
from workbench.case.model import Check
from workbench.case.sound import fault
from workbench.case.state import Report
from workbench.engine.drive import UntrustedError, Work
from workbench.engine.plugins import Registered
from workbench.engine.process.commands import CommandMissingError
from workbench.engine.store.journal import Journal
from workbench.engine.store.owners import owner

BATCH = 200
"""Findings or boosts per batch event, so that no single event holds the screen's loop."""


@dataclass(frozen=True)
class AnalyzerJob:
    """One analyzer to run on one subject, with the host that it is given for its work. ``timeout``: seconds in which no
    step of it ends."""

    plugin: Registered
    subject: Subject
    hosted: Callable[[Work], Host]
    timeout: float


async def run_analyzer(job: AnalyzerJob, work: Work, journal: Journal) -> Check:
    """Run it, journal what it gives, and return its check line; raises only CancelledError."""
    run = secrets.token_hex(6)
    actor = f"workbench/{job.plugin.name}"
    started = perf_counter()
    data = {"analyzer": job.plugin.name, "tree": job.subject.tree, "owner": owner()}
    await journal.append(new_event("analysis.started", actor, data, run))

    stays = "what it had reported stays"

    async def report(value: Report) -> None:
        nonlocal stays
        stays = "what a sample said stays" if value.provisional else "what it had reported stays"
        if wrong := fault(value):
            raise TypeError(f"a report that is none: {wrong}")
        for batch in batches(value):
            await journal.append(new_event("analysis.reported", actor, {"report": encode(batch)}, run))

    check = Check(job.plugin.name, CheckStatus.CANCELLED, "cancelled")
    try:
        async with asyncio.timeout(job.timeout) as limit:
            summary = await _plan_work_fold(job, work.paced(partial(_go_on, limit, job.timeout)), report)
        check = Check(job.plugin.name, CheckStatus.DONE, summary)
    except TimeoutError as late:
        text = f"stopped: {str(late) or f'its limit of {job.timeout:g} s without a result'}; {stays}"
        check = Check(job.plugin.name, CheckStatus.TIMED_OUT, text, error=traceback.format_exc() if str(late) else "")
    except (UntrustedError, CommandMissingError) as absent:
        check = Check(job.plugin.name, CheckStatus.NOT_AVAILABLE, f"not available: {absent}")
    except (Exception, SystemExit) as failure:  # noqa: BLE001 - the plugin seam: a plugin that fails is a row with its traceback
        text = f"failed: {type(failure).__name__}: {failure}"
        check = Check(job.plugin.name, CheckStatus.FAILED, text, error=traceback.format_exc())
    finally:
        check = replace(check, seconds=perf_counter() - started)
        await asyncio.shield(journal.append(new_event("analysis.finished", actor, {"check": encode(check)}, run)))
    return check


def _go_on(limit: asyncio.Timeout, seconds: float) -> None:
    """Count ``seconds`` anew from here, unless they have passed."""
    with contextlib.suppress(RuntimeError):
        limit.reschedule(asyncio.get_running_loop().time() + seconds)


async def skip_analyzer(check: Check, journal: Journal) -> None:
    """Journal the check line of an analyzer that was not run."""
    run, actor = secrets.token_hex(6), f"workbench/{check.analyzer}"
    await journal.append(
        new_event("analysis.started", actor, {"analyzer": check.analyzer, "owner": owner()}, run),
        new_event("analysis.finished", actor, {"check": encode(check)}, run),
    )


async def _plan_work_fold(job: AnalyzerJob, work: Work, report: Any) -> str:
    analyzer = job.plugin.make()
    kept: list[Any] = []

    async def done(results: list[Any]) -> None:
        for item in results:
            if isinstance(item, Report):
                await report(item)
            else:
                kept.append(item)

    await work.each(analyzer.plan(job.subject, job.hosted(work)), done)
    last = analyzer.fold(job.subject, kept)
    if not isinstance(last, Report) or not last.summary:
        raise TypeError("fold must give a Report whose summary says what was checked")
    await report(last)
    return last.summary


def batches(report: Report) -> Iterator[Report]:
    """``report`` cut into pieces of at most BATCH findings and boosts; the first one carries everything else."""
    yield replace(report, findings=report.findings[:BATCH], boosts=report.boosts[:BATCH])
    longest = max(len(report.findings), len(report.boosts))
    for start in range(BATCH, longest, BATCH):
        end = start + BATCH
        yield Report(findings=report.findings[start:end], boosts=report.boosts[start:end])
