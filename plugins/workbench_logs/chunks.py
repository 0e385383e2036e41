"""The analyzer's work, done in worker processes. What is big goes from one to the next through the session's files."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from workbench.api import (
    Call,
    Calls,
    Checkout,
    Digest,
    Feed,
    FeedFile,
    Lens,
    LogError,
    Pattern,
    Report,
    SourceFacts,
    Survey,
    Table,
    Trend,
    calls_in,
    digest,
    facts,
    quantity,
    sampled,
    scan_part,
    survey,
)
from workbench_logs.offering import Said

_LARGEST = 1 << 20
_WHOLE = frozenset({Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE})
T = TypeVar("T", LogError, Pattern)


@dataclass(frozen=True)
class Surveyed:
    """One file, and where the table of its sample lies; ``refused`` says why it cannot be read."""

    path: str
    survey: Survey | None = None
    table: str = ""
    size: int = 0
    refused: str = ""


@dataclass(frozen=True)
class Source:
    """One feed, with the tables of its files."""

    feed: Feed
    tables: tuple[str, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the logs are read for. ``calls`` are files of logging calls; ``paths`` the files of the checkout."""

    question: str
    since: float | None
    repo: str
    paths: tuple[str, ...]
    calls: tuple[str, ...] = ()


def survey_file(file: FeedFile, stream: str, scratch: str) -> list[Surveyed]:
    """Learn from a sample of one file of the log ``stream``."""
    path = file.path
    try:
        found, sample = survey(path, stream, file.formats)
    except OSError as error:
        return [Surveyed(path, refused=f"{path}: {error.strerror or error}")]
    return [Surveyed(path, found, _keep(sampled(found, sample), scratch), sum(map(len, sample)))]


def scan_range(found: Survey, start: int, end: int, scratch: str) -> list[str]:
    """Count one part of a file; gives the file of its table, or nothing for a file that is gone meanwhile."""
    try:
        return [_keep(scan_part(found, start, end), scratch)]
    except OSError:
        return []


def find_calls(repo: str, paths: Sequence[str], scratch: str) -> list[str]:
    """The logging calls of some files of the checkout; gives the file they are kept in."""
    found: list[Call] = []
    for path in paths:
        text = _source(repo, path)
        if text and len(text) <= _LARGEST:
            found += calls_in(path, text)
    return [_keep(found, scratch)] if found else []


def say(sources: Sequence[Source], asked: Asked, provisional: bool) -> list[Any]:
    """Put the tables together: a report and its summary."""
    total = Table()
    told: list[SourceFacts] = []
    for source in sources:
        table = Table()
        for path in source.tables:
            table.add(_kept(path))
        hosts = [file.host for file in source.feed.files if file.host]
        denied = (*source.feed.denied, *source.refused)
        told.append(facts(source.feed.name, table, hosts, denied, (*source.feed.notes, *source.notes)))
        total.add(table)
    said = digest(total, _lens(asked))
    if provisional:
        said = replace(said, errors=_sampled(said.errors), patterns=_sampled(said.patterns))
    report = Report(
        patterns=said.patterns,
        errors=said.errors,
        sources=tuple(told),
        onset=said.onset,
        impact=said.impact,
        provisional=provisional,
    )
    return [report, Said(_summary(said, told))]


def _sampled(told: tuple[T, ...]) -> tuple[T, ...]:
    """``told`` by a sample: shares are of that, and that something was always there, or is no more, only the whole log
    can say."""
    shared = (replace(each, of=each.of and f"{each.of} of the sample") for each in told)
    return tuple(replace(each, trend=Trend.UNKNOWN, factor=None) if each.trend in _WHOLE else each for each in shared)


def _summary(said: Digest, sources: Sequence[SourceFacts]) -> str:
    records = sum(source.records for source in sources)
    unseen = [sentence for source in sources for sentence in source.denied]
    began = f", began {said.onset.at:%Y-%m-%d %H:%M:%S} UTC" if said.onset else ", no change found"
    more = f" and {quantity(len(unseen) - 1, 'thing')} more" if len(unseen) > 1 else ""
    closed = f"; not seen: {unseen[0]}{more}" if unseen else ""
    found = f"{quantity(len(said.errors), 'error')}, {quantity(len(said.patterns), 'pattern')}"
    return f"{quantity(records, 'record')}: {found}{began}{closed}"


def _lens(asked: Asked) -> Lens:
    @lru_cache(maxsize=512)
    def lines(path: str) -> Sequence[str]:
        return _source(asked.repo, path).splitlines()

    calls = [call for path in asked.calls for call in _kept(path)]
    checkout = Checkout(asked.paths, lines) if asked.paths else None
    return Lens(asked.question, asked.since, checkout, Calls(calls) if calls else None)


def _source(repo: str, path: str) -> str:
    try:
        return (Path(repo) / path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _keep(value: Any, scratch: str) -> str:
    path = Path(scratch) / f"{secrets.token_hex(8)}.table"
    path.write_bytes(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    return str(path)


def _kept(path: str) -> Any:
    """What ``_keep`` kept: our own file in our own folder."""
    return pickle.loads(Path(path).read_bytes())
