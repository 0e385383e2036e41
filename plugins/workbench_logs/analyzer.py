"""The analyzer: feeds to patterns, errors, onset and impact; a sample first, then every line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Chunk, Feed, Host, Known, Report, Step, Subject
from workbench_logs.chunks import Asked, Source, Surveyed, find_calls, say, scan_range, survey_file
from workbench_logs.offering import Said, offer
from workbench_logs.operations import look_at, ranges_of, with_operations

_CODE = (".py", ".js", ".ts", ".jsx", ".tsx", ".mjs", ".java", ".kt", ".go", ".rs", ".rb", ".php", ".cs", ".scala")
_TOGETHER = 400
"""Source files whose logging calls one chunk looks for."""
_PATIENCE = 300.0
"""Seconds that one part may take."""


class LogsAnalyzer:
    """Reads the case's log sources."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Fetch, sample, say what the sample says; then count every line in parts, and say it exactly."""
        if not subject.log_sources:
            yield Chunk(offer, (subject.repo,))
            return
        feeds = await asyncio.gather(*(host.feed(location) for location in subject.log_sources))
        scratch = host.scratch()
        surveyed = [await _survey(feed, scratch, host) for feed in feeds]
        asked = _asked(subject)
        first = [_sampled(feed, files) for feed, files in zip(feeds, surveyed, strict=True)]
        yield Chunk(say, (first, asked, True), timeout=_PATIENCE, soon=True)
        calls = asyncio.gather(*(host.run(step) for step in _calls(subject, scratch)))
        looking = asyncio.create_task(look_at(surveyed, scratch, host))
        counted = await _count(feeds, surveyed, scratch, host)
        known = Asked(
            asked.question, asked.since, asked.repo, asked.paths, tuple(path for found in await calls for path in found)
        )
        answer = await host.run(Chunk(say, (counted, known, False), timeout=_PATIENCE))
        yield Known(tuple(await with_operations(answer, await looking, subject, host)))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """The summary; the reports themselves were shown as they came."""
        said = [result for result in results if isinstance(result, Said)]
        return Report(summary=said[-1].summary if said else "no log source was given, so no log was read")


def _asked(subject: Subject) -> Asked:
    since = subject.since.timestamp() if subject.since else None
    return Asked(subject.question, since, subject.repo, tuple(path for path in subject.paths if path.endswith(_CODE)))


async def _survey(feed: Feed, scratch: str, host: Host) -> list[Surveyed]:
    answers = await asyncio.gather(
        *(
            host.run(Chunk(survey_file, (file, feed.stream(file), scratch), 60, anywhere=True, soon=True))
            for file in feed.files
        )
    )
    return [found for answer in answers for found in answer]


def _sampled(feed: Feed, files: Sequence[Surveyed]) -> Source:
    size = sum(file.survey.size or file.size for file in files if file.survey)
    read = sum(file.size for file in files)
    note = f"sampled {read / 1e6:.1f} MB of {size / 1e6:.1f} MB; the exact figures follow"
    tables = tuple(file.table for file in files if file.table)
    return Source(feed, tables, _refused(files), (note,))


def _refused(files: Sequence[Surveyed]) -> tuple[str, ...]:
    return tuple(file.refused for file in files if file.refused)


async def _count(
    feeds: Sequence[Feed], surveyed: Sequence[Sequence[Surveyed]], scratch: str, host: Host
) -> list[Source]:
    """Every part of every file, counted; progress is told by parts."""
    jobs: list[tuple[int, Chunk]] = []
    for at, files in enumerate(surveyed):
        for file in files:
            if file.survey:
                ranges = await host.run(Chunk(ranges_of, (file.survey,), 60, anywhere=True))
                jobs += [
                    (at, Chunk(scan_range, (file.survey, start, end, scratch), _PATIENCE, anywhere=True))
                    for start, end in ranges
                ]
    done = 0

    async def one(step: Chunk) -> list[Any]:
        nonlocal done
        result = await host.run(step)
        done += 1
        host.progress(done, len(jobs))
        return result

    answers = await asyncio.gather(*(one(step) for _, step in jobs))
    tables: list[list[str]] = [[] for _ in feeds]
    lost = [0] * len(feeds)
    for (at, _), answer in zip(jobs, answers, strict=True):
        tables[at] += answer
        lost[at] += not answer
    return [
        Source(feed, tuple(tables[at]), (*_refused(surveyed[at]), *_lost(lost[at]))) for at, feed in enumerate(feeds)
    ]


def _lost(parts_lost: int) -> tuple[str, ...]:
    return (f"{parts_lost} parts could not be read: the file changed meanwhile",) if parts_lost else ()


def _calls(subject: Subject, scratch: str) -> list[Chunk]:
    code = [path for path in subject.paths if path.endswith(_CODE)]
    return [
        Chunk(find_calls, (subject.repo, tuple(code[at : at + _TOGETHER]), scratch), timeout=60)
        for at in range(0, len(code), _TOGETHER)
    ]
