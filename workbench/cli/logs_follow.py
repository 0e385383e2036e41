"""``workbench logs --follow``: first what is there, then what is new, as it comes."""

from __future__ import annotations

import argparse
import asyncio
import time

from workbench.analysis.redact import redact, redact_data
from workbench.case.codec import encode
from workbench.cli.common import COULD_NOT_TELL, GOOD
from workbench.cli.output import fail, print_event, say
from workbench.cli.progress import Progress
from workbench.engine.logs.following import Follower, News
from workbench.engine.logs.formats import formats_here
from workbench.engine.logs.lens import lens_for
from workbench.engine.logs.live import growing

LOOK = 0.25
"""Seconds between two looks."""


def follow(arguments: argparse.Namespace) -> int:
    """Follow until interrupted, or until all that is followed has ended; 3 when there is nothing to follow."""
    return asyncio.run(_follow(arguments))


async def _follow(arguments: argparse.Namespace) -> int:
    with Progress() as progress:
        return await _look_on(arguments, progress)


async def _look_on(arguments: argparse.Namespace, progress: Progress) -> int:
    async with growing(arguments.sources, arguments) as (sources, denied):
        for sentence in denied:
            fail(f"not seen: {sentence}", "all else is shown", "see that source alone: workbench logs SOURCE")
        if not sources:
            return COULD_NOT_TELL
        formats = formats_here(arguments)
        for sentence in formats.problems:
            fail(sentence, "the logs are read without it", "correct it: workbench plugins shows it")
        follower = Follower(sources, lens_for(arguments.repo, arguments.question, None), formats.known)
        tick = time.monotonic()
        lines = records = 0
        while True:
            news = follower.look()
            lines, records = lines + news.lines, records + news.records
            _tell(news, arguments.format)
            now = time.monotonic()
            if now - tick >= 1 and lines:
                _count(lines, records, now - tick, arguments.format, progress)
                tick, lines, records = now, 0, 0
            if all(getattr(source, "ended", False) for source in sources) and not news.lines:
                _tell(follower.last(), arguments.format)
                return GOOD
            await asyncio.sleep(LOOK)


def _tell(news: News, form: str) -> None:
    if form != "text":
        for what in news.happened:
            _print({"event": "happened", "text": what})
        for error in news.errors:
            _print({"event": "error", **encode(error)})
        for pattern in news.patterns:
            _print({"event": "pattern", **encode(pattern)})
        return
    for what in news.happened:
        say(f"— {what}")
    for error in news.errors:
        place = error.place
        where = f"  {place.path}:{place.line} {place.function}" if place else ""
        seen = f"{error.last_seen:%H:%M:%S}  " if error.last_seen else ""
        say(redact(f"✘ {seen}{error.type}  {' '.join(error.message.split())[:100]}{where}")[0])
    for pattern in news.patterns:
        say(redact(f"  {pattern.count:>8,}  {pattern.level.value:8}  {pattern.template[:120]}")[0])


def _count(lines: int, records: int, seconds: float, form: str, progress: Progress) -> None:
    if form != "text":
        _print({"event": "count", "lines": lines, "records": records, "seconds": round(seconds, 3)})
    else:
        progress.show(f"{lines / seconds:,.0f} lines/s")


def _print(document: dict[str, object]) -> None:
    print_event(redact_data(document)[0])
