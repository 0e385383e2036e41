"""What came with the deployed release: last good to deployed, each difference tied to hot places."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.api import Change, Chunk, Deployed, GitError, Host, Known, Report, Step, Subject, git_time, part_of
from workbench_changes.differences import Difference, differences
from workbench_changes.hot import signals
from workbench_changes.uses import CODE, NAME, uses, words_of

FILES, SHOWN, NAMES = 80, 60, 200
"""Files whose versions are compared, differences of one that are told, and those whose uses are looked up, at most."""
LARGEST = 2 << 20


@dataclass(frozen=True, slots=True)
class Came:
    """One difference with the commit that brought it and the files that name it."""

    difference: Difference
    commit: str
    author: str
    at: datetime
    used: tuple[tuple[str, int], ...]


class ReleaseAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Asks git for both versions of every telling file; a worker compares them."""
        release = subject.release
        if release is None or not release.commit or not release.previous_commit:
            return
        span = (release.previous_commit, release.commit)
        found: list[Difference] = []
        for path in await _telling(host, span):
            old, new = await _show(host, span[0], path), await _show(host, span[1], path)
            found += (await host.run(Chunk(differences, (path, old, new))))[:SHOWN]
        used = await _used(host, span[1], found)
        for each in found:
            commit, author, at = await _brought(host, span, each)
            yield Known((Came(each, commit, author, at, tuple(used.get(each, {}).items())),))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """One change a difference."""
        release = subject.release
        if release is None:
            return Report(summary="no deployed revision is known: --deployed REV names it, or a release in the log")
        if not release.commit:
            return Report(summary=f"{release.name} runs, by {release.source}, and git knows no such revision")
        if not release.previous_commit:
            return Report(summary=f"{release.name} runs; which one ran before it is not known")
        came = [item for item in results if isinstance(item, Came)]
        changes = tuple(sorted((_change(each, release, subject) for each in came), key=lambda change: -change.score))
        tied = sum(any(signal.name in ("hot_place", "spoken_of") for signal in change.signals) for change in changes)
        summary = f"{release.previous} to {release.name}: {len(changes)} settings, versions and migrations"
        return Report(summary=f"{summary}, {tied} near errors", changes=changes)


def _change(each: Came, release: Deployed, subject: Subject) -> Change:
    made = signals(each.difference, subject.errors, dict(each.used), f"{release.name}, last good {release.previous}")
    digest = hashlib.sha256(f"{each.difference.path} {each.difference.name} {each.commit}".encode()).hexdigest()[:10]
    return Change(
        id=f"diff:{digest}",
        at=release.at or each.at,
        kind=each.difference.kind,
        summary=each.difference.summary,
        revision=each.commit,
        author=each.author,
        paths=(each.difference.path,),
        score=round(sum(signal.weight for signal in made), 4) if each.difference.part != "ci" else 0.0,
        signals=made,
    )


async def _telling(host: Host, span: tuple[str, str]) -> list[str]:
    """Paths that changed and may tell: lock files, settings and the like, and code that reads the environment."""
    names = (await _git(host, "diff", "--name-only", "--no-renames", "-z", *span, "--")).split("\0")
    read = await _git(host, "diff", "--name-only", "--no-renames", "-z", "-Genviron|getenv", *span, "--")
    code = [path for path in read.split("\0") if path.endswith(CODE) and not part_of(path)]
    return [path for path in names if part_of(path)][:FILES] + code[:FILES]


async def _show(host: Host, commit: str, path: str) -> str:
    return (await _git(host, "show", f"{commit}:{path}"))[:LARGEST]


async def _git(host: Host, *args: str) -> str:
    """What git says; nothing where it knows no such thing."""
    try:
        return (await host.git(*args)).decode("utf-8", "replace")
    except GitError:
        return ""


async def _brought(host: Host, span: tuple[str, str], each: Difference) -> tuple[str, str, datetime]:
    """The commit that brought a difference: of its line, or the last that touched its file."""
    if each.line:
        place = f"-L{each.line},{each.line}"
        blame = await _git(host, "blame", "-s", "--porcelain", place, f"{span[0]}..{span[1]}", "--", each.path)
        found = re.match(r"([0-9a-f]{40}) ", blame)
        if found and "\nboundary" not in blame:
            who = await _git(host, "show", "-s", "--format=%H%x00%an%x00%ct", found[1])
        else:
            who = ""
    else:
        who = ""
    who = who or await _git(host, "log", "-1", "--format=%H%x00%an%x00%ct", f"{span[0]}..{span[1]}", "--", each.path)
    commit, author, seconds = (*who.strip().split("\0"), "", "", "")[:3]
    return commit or span[1], author, git_time(seconds)


async def _used(host: Host, commit: str, found: Sequence[Difference]) -> dict[Difference, dict[str, int]]:
    """For each, the files of code that name it (a setting, a library's module, a table): file and first line."""
    wanted = [each for each in found if each.part != "ci" and NAME.fullmatch(each.name)][:NAMES]
    words = sorted({word for each in wanted for word in words_of(each)})
    if not words:
        return {}
    asked = [part for word in words for part in ("-e", word)]
    out = await _git(host, "grep", "-n", "-I", "-i", "-w", "-F", "--no-color", "-z", *asked, commit, "--")
    return uses(out, wanted)
