"""Looks at the hot files: their complexity and history, the notes in them, their tests that are switched off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from workbench.api import (
    Chunk,
    Debt,
    GitError,
    Host,
    Known,
    Report,
    Step,
    Subject,
    Trend,
    git_time,
    is_test,
    quantity,
    rank_chunk,
)
from workbench_debt.history import FORMAT, Commit, along, churn, ownership, parse
from workbench_debt.measure import Measured, Note, measure
from workbench_debt.skipped import Off, switched_off

HOT = 8
"""Files that are looked at."""

COMMITS = 3000
BATCH = 60
"""Test files per chunk."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A note of a file, and since when its line stands so; None for what is not committed or cannot be told."""

    path: str
    note: Note
    at: datetime | None
    author: str


class DebtAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Which files are hot, then what git and the files say of them."""
        hot = await _hot(subject, host)
        yield Known(tuple(parse(await _git(host, "log", "-z", "--no-merges", "--no-renames", "--name-only", FORMAT))))
        measured = await host.run(Chunk(measure, (subject.repo, hot)))
        yield Known(tuple(measured))
        for one in measured:
            yield Known(tuple([await _dated(host, one.path, note) for note in one.notes]))
        tests = iter(sorted(path for path in subject.paths if is_test(path)))
        while batch := tuple(islice(tests, BATCH)):
            yield Chunk(switched_off, (subject.repo, batch, hot))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """The debt of each hot file, and one line of what was looked at."""
        commits = [item for item in results if isinstance(item, Commit)]
        measured = [item for item in results if isinstance(item, Measured)]
        found = [
            *_complex(measured, commits),
            *(_note(item) for item in results if isinstance(item, Dated)),
            *(_off(item) for item in results if isinstance(item, Off)),
            *(row for one in measured for row in (*ownership(commits, one.path), *along(commits, one.path))),
        ]
        history = quantity(len(commits), "commit") if commits else "no history"
        looked = f"{quantity(len(found), 'note')} on {quantity(len(measured), 'hot file')}"
        return Report(summary=f"{looked}, {history}", debt=tuple(found))


async def _hot(subject: Subject, host: Host) -> tuple[str, ...]:
    """Files where new errors pass, then those that the question's words name, tests left out."""
    judged = [error for error in subject.errors if error.trend not in (Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)]
    frames = [frame.path for error in judged for frame in reversed(error.frames) if frame.mapped]
    (ranking,) = await host.run(Chunk(rank_chunk, (host.index_path, subject.listing, subject.question)))
    ranked = [spot.path for spot in ranking.files]
    return tuple(path for path in dict.fromkeys((*frames, *ranked)) if path in subject.paths)[:HOT]


async def _git(host: Host, *args: str) -> bytes:
    try:
        return await host.git(*args, "-n", str(COMMITS), "HEAD", "--")
    except GitError:
        return b""


async def _dated(host: Host, path: str, note: Note) -> Dated:
    try:
        data = await host.git("blame", "--porcelain", f"-L{note.line},{note.line}", "--", path)
    except GitError:
        return Dated(path, note, None, "")
    lines = data.decode("utf-8", "replace").splitlines()
    fields = dict(line.split(" ", 1) for line in lines if " " in line and not line.startswith("\t"))
    if not lines or lines[0].startswith("0" * 40) or "author-time" not in fields:
        return Dated(path, note, None, "")
    return Dated(path, note, git_time(fields["author-time"]), fields.get("author", ""))


def _complex(measured: Sequence[Measured], commits: Sequence[Commit]) -> Iterator[Debt]:
    """Complexity times churn (Tornhill, Your Code as a Crime Scene, 2015), against the highest of these files."""
    product = {one.path: one.complexity * churn(commits, one.path) for one in measured}
    top = max(product.values(), default=0) or 1
    for one in measured:
        worst = f", most in {one.worst} ({one.most})" if one.worst else ""
        times = churn(commits, one.path)
        text = f"complexity {one.complexity}{worst}; {times} commit{'s' * (times != 1)} in a year"
        share = product[one.path] / top
        yield Debt(f"debt:complexity:{one.path}", "complexity", one.path, one.path, one.line, text, share)


def _note(item: Dated) -> Debt:
    note = item.note
    since = f", since {item.at:%Y-%m-%d} by {item.author}" if item.at else ", not committed"
    ident = f"debt:note:{item.path}:{note.line}"
    return Debt(ident, "todo", item.path, item.path, note.line, f"{note.word}: {note.text}{since}", 0.0, item.at)


def _off(item: Off) -> Debt:
    ident = f"debt:skipped:{item.near}:{item.path}:{item.line}"
    text = f"{item.path.rpartition('/')[2]} {item.test}: {item.how}"
    return Debt(ident, "skipped_test", item.near, item.path, item.line, text, 0.0)
