"""Commits as change events, with releases by tag, scored against the errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.api import Change, ChangeKind, GitError, Host, Known, Report, Step, Subject, Trend
from workbench_history.commits import FORMAT, Commit, parse_log
from workbench_history.suspects import suspects

COMMITS = 400
"""How far back the history is read."""

PLACES = 8
"""Error places whose last commit is looked up."""

DEPLOYED = "came with the deployed release"
UNKNOWN = "came after the last release tag (no deployed revision is known: the checkout is taken for it)"


@dataclass(frozen=True, slots=True)
class History:
    """What git said. ``lines`` maps a commit to the error places whose lines it last changed; ``released`` holds the
    commits that came with the deployed revision; ``missing`` says what git could not tell."""

    commits: tuple[Commit, ...]
    lines: dict[str, list[str]]
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
        lines = await _blame(host, _places(subject), rev, missing)
        yield Known((History(tuple(commits), lines, released, tuple(missing)),))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Commits as changes, release tags as deploys."""
        history = next((item for item in results if isinstance(item, History)), None)
        if history is None or not history.commits:
            return Report(summary=history.missing[0] if history and history.missing else "no commits to look at")
        came = dict.fromkeys(history.released, DEPLOYED if subject.deployed else UNKNOWN)
        changes = suspects(history.commits, subject.errors, history.lines, came, subject.question)
        near = sum(change.score > 0 for change in changes)
        note = f"; {'; '.join(history.missing)}" if history.missing else ""
        return Report(
            summary=f"{len(changes)} commits read, {near} near the errors or the question{note}",
            changes=(*changes, *(change for commit in history.commits for change in _tags(commit))),
        )


def _places(subject: Subject) -> list[tuple[str, int]]:
    judged = [error for error in subject.errors if error.trend not in (Trend.AS_ALWAYS, Trend.GONE)]
    return [(error.place.path, error.place.line) for error in judged if error.place][:PLACES]


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


async def _blame(host: Host, places: Sequence[tuple[str, int]], rev: str, missing: list[str]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for path, line in places:
        span = f"-L{max(1, line - 3)},{line}"
        try:
            data = await host.git("blame", "-s", "--porcelain", span, rev, "--", path)
        except GitError:
            missing.append(f"no blame for {path}:{line}")
            continue
        heads = {text.split(" ")[0] for text in data.decode("utf-8", "replace").splitlines()}
        for commit in heads:
            if len(commit) == 40 and all(char in "0123456789abcdef" for char in commit):
                lines.setdefault(commit, []).append(f"{path}:{line}")
    return lines


def _tags(commit: Commit) -> list[Change]:
    return [
        Change(f"tag:{tag}", commit.at, ChangeKind.DEPLOY, f"release {tag}", commit.hash, commit.author)
        for tag in commit.tags
    ]
