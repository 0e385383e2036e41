"""Reading ``git log`` output. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workbench.api import git_time

FORMAT = "--format=%x01%H%x02%ct%x02%an%x02%D%x02%s"
"""One record a commit: hash, committer time, author, refs, subject; the touched paths follow, NUL-separated."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. ``tags`` are the tags on it; ``paths`` what it touched (empty for a merge)."""

    hash: str
    at: datetime
    author: str
    subject: str
    tags: tuple[str, ...]
    paths: tuple[str, ...]


def parse_log(data: bytes) -> Iterator[Commit]:
    """Commits of ``git log -z --name-only FORMAT``, in its order."""
    for record in data.decode("utf-8", "surrogateescape").split("\x01")[1:]:
        head, _, rest = record.partition("\n")
        head = head.rstrip("\0")
        fields = head.split("\x02", 4)
        if len(fields) != 5:
            continue
        hash_, seconds, author, refs, subject = fields
        if "\0" in subject:
            subject, _, rest = subject.partition("\0")
        tags = tuple(ref.removeprefix("tag: ") for ref in refs.split(", ") if ref.startswith("tag: "))
        paths = tuple(path.lstrip("\n") for path in rest.split("\0") if path.strip("\n"))
        yield Commit(hash_, git_time(seconds), author, subject, tags, paths)
