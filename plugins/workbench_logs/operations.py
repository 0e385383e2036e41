"""What the logs tell of operations, beside errors and patterns: change events, the deployed release, upstreams."""

from __future__ import annotations

import asyncio
import pickle
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.api import (
    Chunk,
    Host,
    Impact,
    Report,
    Subject,
    Survey,
    change_events,
    deployed,
    durations,
    look,
    parts,
    slower,
    together,
    upstreams,
)
from workbench_logs.chunks import Surveyed
from workbench_logs.release import located, mapped

_PATIENCE = 300.0
_HOSTS = 20


async def look_at(surveyed: Sequence[Sequence[Surveyed]], scratch: str, host: Host) -> list[str]:
    """Look through every part of every file; gives the files of what was seen."""
    found = [file.survey for files in surveyed for file in files if file.survey]
    ranges = await asyncio.gather(*(host.run(Chunk(ranges_of, (each,), timeout=60)) for each in found))
    steps = [
        Chunk(look_range, (each, start, end, scratch), _PATIENCE, anywhere=True)
        for each, answer in zip(found, ranges, strict=True)
        for start, end in answer
    ]
    answers = await asyncio.gather(*(host.run(step) for step in steps))
    return [path for answer in answers for path in answer]


async def with_operations(answer: Sequence[Any], seen: Sequence[str], subject: Subject, host: Host) -> list[Any]:
    """The exact report with what was seen of operations, its frames where they stand today."""
    made: list[Any] = []
    for item in answer:
        if isinstance(item, Report):
            (told,) = await host.run(Chunk(tell, (tuple(seen), item.onset.at if item.onset else None)))
            release = await located(told.deployed, subject, host)
            errors = await mapped(item.errors, release, subject, host)
            made.append(
                replace(
                    item,
                    changes=told.changes,
                    upstreams=told.upstreams,
                    series=told.series,
                    deployed=release,
                    errors=tuple(errors),
                    impact=_with_hosts(item.impact, told.impact),
                )
            )
        else:
            made.append(item)
    return made


def _with_hosts(said: Impact | None, told: Impact) -> Impact | None:
    return replace(said or Impact(), hosts=told.hosts) if told.hosts else said


def ranges_of(found: Survey) -> list[tuple[int, int]]:
    """The byte ranges of one file that are looked at apart."""
    return parts(found)


def look_range(found: Survey, start: int, end: int, scratch: str) -> list[str]:
    """Look through one part; gives the file of what was seen, nothing for a file that is gone meanwhile."""
    try:
        seen = look(found, start, end)
    except OSError:
        return []
    path = Path(scratch) / f"{secrets.token_hex(8)}.seen"
    path.write_bytes(pickle.dumps(seen, pickle.HIGHEST_PROTOCOL))
    return [str(path)]


def tell(seen: Sequence[str], onset: datetime | None) -> list[Report]:
    """What all parts together say: our own files in our own folder."""
    total = together([pickle.loads(Path(path).read_bytes()) for path in seen])
    impact = Impact(hosts=tuple(total.errors.most_common(_HOSTS)))
    series = durations(total.served)
    told = Report(
        changes=(*change_events(total), *slower(series)),
        deployed=deployed(total),
        upstreams=upstreams(total, onset),
        impact=impact,
        series=series,
    )
    return [told]
