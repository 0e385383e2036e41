"""Commits as change events, with releases by tag, scored against the errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.api import (
    Change,
    ChangeKind,
    GitError,
    Host,
    Known,
    Report,
    Step,
    Subject,
    Trend,
    line_after,
    parse_diff,
)
from workbench_history.blame import NEAR, Place, Touch, places_of, removals, span, touches
from workbench_history.commits import FORMAT, Commit, parse_log
from workbench_history.suspects import DEPLOYED, suspects

COMMITS = 400
"""How far back the history is read."""

UNKNOWN = "came after the last release tag (no deployed revision is known: the checkout is taken for it)"


@dataclass(frozen=True, slots=True)
class History:
    """What git said. ``touches`` holds what each commit last changed of the code that errors ran through;
    ``released`` the commits that came with the deployed revision; ``missing`` says what git could not tell."""

    commits: tuple[Commit, ...]
    touches: dict[str, list[Touch]]
    released: frozenset[str]
    missing: tuple[str, ...]


class HistoryAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Asks git; the answers go straight to ``fold``."""
        if not subject.revision:
            return
        rev = subject.deployed or subject.revision
        missing: list[str] = []
        commits = await _log(host, missing, "-n", str(COMMITS), subject.revision)
        released = await _release(host, rev, subject.release.previous_commit if subject.release else "", missing)
        live = [error for error in subject.errors if error.trend not in (Trend.AS_ALWAYS, Trend.GONE)]
        places = await _deployed(host, places_of(live), subject.deployed)
        touched = await _blame(host, places, rev, commits[-1].hash if commits else "", missing)
        yield Known((History(tuple(commits), touched, released, tuple(missing)),))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Commits as changes, release tags as deploys."""
        history = next((item for item in results if isinstance(item, History)), None)
        if history is None or not history.commits:
            return Report(summary=history.missing[0] if history and history.missing else "no commits to look at")
        came = dict.fromkeys(history.released, DEPLOYED if subject.deployed else UNKNOWN)
        changes = suspects(history.commits, subject.errors, history.touches, came, subject.question)
        near = sum(change.score > 0 for change in changes)
        note = f"; {'; '.join(history.missing)}" if history.missing else ""
        return Report(
            summary=f"{len(changes)} commits read, {near} near the errors or the question{note}",
            changes=(*changes, *(change for commit in history.commits for change in _tags(commit))),
        )


async def _log(host: Host, missing: list[str], *args: str) -> list[Commit]:
    try:
        data = await host.git("log", "-z", "--name-only", "--no-renames", FORMAT, *args, "--")
    except GitError as error:
        missing.append(str(error))
        return []
    return list(parse_log(data))


async def _release(host: Host, rev: str, last: str, missing: list[str]) -> frozenset[str]:
    """Commits that came with ``rev``: back to ``last``, the last good one, or to the tag before it."""
    try:
        last = last or (await host.git("describe", "--tags", "--abbrev=0", f"{rev}^")).decode().strip()
    except GitError:
        return frozenset()
    return frozenset(commit.hash for commit in await _log(host, missing, f"{last}..{rev}"))


async def _deployed(host: Host, places: Sequence[Place], rev: str) -> list[Place]:
    """``places`` of today's files as they are in ``rev``, which runs; where it is not known they are taken for it."""
    paths = sorted({place.path for place in places})
    if not rev or not paths:
        return list(places)
    try:
        diff = await host.git("diff", "-R", "--no-renames", "--unified=0", "--end-of-options", rev, "--", *paths)
    except GitError:
        return list(places)
    hunks = {file.path: file.hunks for file in parse_diff(diff.decode("utf-8", "surrogateescape")).files}
    return [place._replace(at=line_after(place.line, hunks.get(place.path, ()))) for place in places]


async def _blame(
    host: Host, places: Sequence[Place], rev: str, oldest: str, missing: list[str]
) -> dict[str, list[Touch]]:
    """What each commit last changed at ``places``, and where errors end what it took out, if it is after ``oldest``."""
    found: dict[str, list[Touch]] = {}
    for place in places:
        try:
            text = await host.git("show", "--end-of-options", f"{rev}:{place.path}") if place.ends else b""
            first, last = span(place, text.decode("utf-8", "replace"))
            data = await host.git("blame", "-s", "-w", "--porcelain", f"-L{first},{last}", rev, "--", place.path)
        except GitError:
            missing.append(f"no blame for {place.path}:{place.line}")
            continue
        end = min(last + NEAR, len(text.splitlines()))
        taken = await _taken(host, place, f"-L{first},{end}:{place.path}", rev, oldest)
        for commit, touch in (*touches(place, data), *taken):
            found.setdefault(commit, []).append(touch)
    return found


async def _taken(host: Host, place: Place, lines: str, rev: str, oldest: str) -> list[tuple[str, Touch]]:
    if not place.ends or not oldest:
        return []
    try:
        shape = ("-w", "--format=%x00%H", "--end-of-options")
        return list(removals(place, await host.git("log", lines, *shape, rev, f"^{oldest}")))
    except GitError:
        return []


def _tags(commit: Commit) -> list[Change]:
    return [
        Change(f"tag:{tag}", commit.at, ChangeKind.DEPLOY, f"release {tag}", commit.hash, commit.author)
        for tag in commit.tags
    ]
