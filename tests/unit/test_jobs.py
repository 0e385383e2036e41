"""Background jobs: counted before they begin, ended in every way, and never a crash."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from workbench.api import Known, Step
from workbench.case.enums import CheckStatus
from workbench.engine.drive import Work
from workbench.engine.jobs import KEPT, Job, Jobs
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool


async def nothing() -> None:
    """Done at once."""


async def forever() -> None:
    """Done when cancelled."""
    await asyncio.Event().wait()


async def broken() -> None:
    """Fails."""
    raise ValueError("[bold]broken[/]")


async def test_a_job_is_busy_before_it_begins_and_idle_when_it_ended() -> None:
    jobs = Jobs()
    assert jobs.idle
    began: list[int] = []

    async def work() -> None:
        began.append(1)

    job = jobs.start("work", work())
    assert not jobs.idle
    assert not began
    assert job.running
    await jobs.wait_idle()
    assert jobs.idle
    assert began == [1]
    assert job.status is CheckStatus.DONE
    assert not job.running
    assert job.seconds >= 0
    assert job.started.tzinfo is not None


async def test_a_job_started_by_a_job_is_waited_for() -> None:
    jobs = Jobs()
    order: list[str] = []

    async def second() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        order.append("second")

    async def first() -> None:
        jobs.start("second", second())
        order.append("first")

    jobs.start("first", first())
    await jobs.wait_idle()
    assert order == ["first", "second"]


async def test_a_listener_that_starts_the_next_job_keeps_the_wait() -> None:
    jobs = Jobs()
    ended: list[str] = []

    def chain(job: Job) -> None:
        if not job.running:
            ended.append(job.name)
            if job.name == "first":
                jobs.start("second", nothing())

    jobs.subscribe(chain)
    jobs.start("first", nothing())
    await jobs.wait_idle()
    assert ended == ["first", "second"]


async def test_a_failure_is_kept_with_its_traceback_and_reported() -> None:
    jobs = Jobs()
    reported: list[Job] = []
    job = jobs.start("broken", broken(), on_failure=reported.append)
    await job.wait()
    assert job.status is CheckStatus.FAILED
    assert "in broken" in job.error
    assert "ValueError: [bold]broken[/]" in job.error
    assert reported == [job]
    assert jobs.idle


async def test_a_job_that_calls_exit_ends_alone() -> None:
    async def leave() -> None:
        sys.exit(3)

    jobs = Jobs()
    job = jobs.start("leave", leave())
    await jobs.wait_idle()
    assert job.status is CheckStatus.FAILED
    assert "leave tried to end the program: SystemExit(3)" in job.error


async def test_a_job_beyond_its_time_is_stopped() -> None:
    jobs = Jobs()
    reported: list[Job] = []
    late = jobs.start("late", forever(), timeout=0.05, on_failure=reported.append)
    early = jobs.start("early", nothing(), timeout=60)
    await jobs.wait_idle()
    assert late.status is CheckStatus.TIMED_OUT
    assert early.status is CheckStatus.DONE
    assert not reported


async def test_one_job_is_cancelled_and_the_others_go_on() -> None:
    jobs = Jobs()
    one, other = jobs.start("one", forever()), jobs.start("other", forever())
    jobs.cancel(one)
    await one.wait()
    assert one.status is CheckStatus.CANCELLED
    assert other.running
    jobs.cancel(one)
    jobs.cancel_all()
    await jobs.wait_idle()
    assert other.status is CheckStatus.CANCELLED


@pytest.mark.filterwarnings("error")
async def test_a_job_cancelled_before_its_first_step_leaves_no_warning() -> None:
    jobs = Jobs()
    job = jobs.start("never", nothing())
    jobs.cancel(job)
    await jobs.wait_idle()
    assert job.status is CheckStatus.CANCELLED


async def test_progress_is_told_to_who_listens_until_they_stop() -> None:
    jobs = Jobs()
    seen: list[tuple[str, CheckStatus, int, int]] = []
    stop = jobs.subscribe(lambda job: seen.append((job.name, job.status, job.done, job.of)))

    async def work(job: Job) -> None:
        job.progress(1, 2)

    job = jobs.start("work", work)
    await job.wait()
    assert seen == [
        ("work", CheckStatus.RUNNING, 0, 0),
        ("work", CheckStatus.RUNNING, 1, 2),
        ("work", CheckStatus.DONE, 1, 2),
    ]
    stop()
    jobs.start("unseen", nothing())
    await jobs.wait_idle()
    assert len(seen) == 3


async def test_ended_jobs_are_remembered_up_to_a_bound() -> None:
    jobs = Jobs()
    for number in range(KEPT + 5):
        jobs.start(str(number), nothing())
    assert len(jobs.all) == KEPT + 5
    await jobs.wait_idle()
    assert [job.name for job in jobs.all] == [str(number) for number in range(5, KEPT + 5)]


async def test_what_a_step_gave_is_told_while_the_plan_thinks_about_the_next_one() -> None:
    told = asyncio.Event()

    async def plan() -> AsyncIterator[Step]:
        yield Known((1,))
        await asyncio.wait_for(told.wait(), 5)
        yield Known((2, 3))
        for number in range(4, 20):
            yield Known((number,))

    got: list[int] = []

    async def done(results: list[int]) -> None:
        got.extend(results)
        told.set()

    pool = WorkerPool(1)
    await Work(pool, Commands(), lambda command: True).each(plan(), done)
    assert got == list(range(1, 20))
    pool.shutdown()
