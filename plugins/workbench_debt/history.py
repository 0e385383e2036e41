"""What the commits say of a file: how often it changes, who changes it, what changes along. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workbench.api import Debt, git_time

FORMAT = "--format=%x01%ct%x02%aN"
"""One record a commit: committer time and author; the touched paths follow, NUL-separated."""

YEAR = timedelta(days=365)
BULK = 30
"""A commit of more files says nothing of what belongs together."""

TOGETHER, SHARE, MOST = 3, 0.3, 3
"""A file changes along when it did so this often, in this share of the commits; so many are named."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit."""

    at: datetime
    author: str
    paths: frozenset[str]


def parse(data: bytes) -> list[Commit]:
    """Commits of ``git log -z --name-only FORMAT``, the newest first."""
    return list(_parsed(data.decode("utf-8", "surrogateescape")))


def _parsed(text: str) -> Iterator[Commit]:
    for record in text.split("\x01")[1:]:
        head, _, rest = record.partition("\n")
        seconds, _, author = head.partition("\x02")
        author, _, more = author.partition("\0")
        paths = frozenset(path.strip("\n") for path in f"{more}\0{rest}".split("\0") if path.strip("\n"))
        yield Commit(git_time(seconds), author, paths)


def churn(commits: Sequence[Commit], path: str) -> int:
    """Commits that touched ``path`` in the year before the newest commit."""
    since = commits[0].at - YEAR if commits else None
    return sum(path in commit.paths for commit in commits if since is not None and commit.at >= since)


def ownership(commits: Sequence[Commit], path: str) -> Iterator[Debt]:
    """Who changed ``path``: how much of it was one person's (Bird et al., Don't Touch My Code!, 2011)."""
    touching = [commit for commit in commits if path in commit.paths]
    if not touching:
        return
    authors = Counter(commit.author for commit in touching)
    ((main, most),) = authors.most_common(1)
    last = max(commit.at for commit in touching if commit.author == main)
    people = "1 person" if len(authors) == 1 else f"{len(authors)} people"
    text = f"{people} changed it: {main} {most} of {len(touching)} commits, last {last:%Y-%m-%d}"
    yield Debt(f"debt:owner:{path}", "ownership", path, path, 1, text, most / len(touching), last)


def along(commits: Sequence[Commit], path: str) -> Iterator[Debt]:
    """The files that change with ``path`` (logical coupling, Gall et al., 1998), the closest first."""
    small = [commit for commit in commits if path in commit.paths and len(commit.paths) <= BULK]
    counts = Counter(other for commit in small for other in commit.paths if other != path)
    close = [(count, other) for other, count in counts.items() if count >= TOGETHER and count >= SHARE * len(small)]
    for count, other in sorted(close, key=lambda item: (-item[0], item[1]))[:MOST]:
        text = f"{other} changed along in {count} of {len(small)} commits"
        yield Debt(f"debt:along:{path}:{other}", "co_change", path, other, 1, text, count / len(small))
