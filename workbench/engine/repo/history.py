"""Reading what git says about the past. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.analysis.git_time import git_time

FORMAT = "--format=tformat:%H%x00%ct%x00%an%x00%ae%x00%B%x00"

LOG = ("log", "-z", "--no-renames", "--no-color", "--no-decorate", "--no-abbrev", "--diff-merges=off", FORMAT)
"""Arguments of the log that :func:`parse_log` reads, with one of the next two."""

COUNTED = "--numstat"

UNCOUNTED = "--raw"
"""For clones without the contents of the past, which the lines would be counted from."""

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_COUNTS = re.compile(r"\n?(\d+|-)\t(\d+|-)\t(.+)", re.DOTALL)
_RAW = re.compile(r"\n?:\d+ \d+ [0-9a-f]+ [0-9a-f]+ [A-Z]\d*")


@dataclass(frozen=True, slots=True)
class Touched:
    """A file that a commit changed, with lines added and removed; both 0 for a binary file or uncounted."""

    path: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; ``at`` is the committer's time. ``touched`` is empty for a merge."""

    hash: str
    at: datetime
    author: str
    mail: str
    subject: str
    body: str
    touched: tuple[Touched, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it changed."""
        return tuple(file.path for file in self.touched)


@dataclass(frozen=True, slots=True)
class Blamed:
    """A line (1-based) and the commit that last changed it; ``commit`` is empty for a line not committed yet."""

    line: int
    commit: str
    author: str
    at: datetime
    summary: str


def parse_log(data: bytes, hidden: Sequence[str] = ()) -> Iterator[Commit]:
    """Commits of :data:`LOG`, in its order; what those in ``hidden`` touched is left out."""
    fields = data.decode("utf-8", "surrogateescape").split("\0")
    at = 0
    while at + 4 < len(fields):
        if not _HASH.fullmatch(fields[at]):
            at += 1
            continue
        head, at = fields[at : at + 5], at + 5
        touched = []
        while at < len(fields) and not _HASH.fullmatch(fields[at]):
            if counts := _COUNTS.fullmatch(fields[at]):
                touched.append(Touched(counts[3], _number(counts[1]), _number(counts[2])))
            elif _RAW.fullmatch(fields[at]) and at + 1 < len(fields):
                at += 1
                touched.append(Touched(fields[at], 0, 0))
            at += 1
        yield _commit(head, () if head[0] in hidden else tuple(touched))


def parse_blame(data: bytes) -> Iterator[Blamed]:
    """Lines of ``git blame --porcelain``."""
    facts: dict[str, dict[str, str]] = {}
    commit, line = "", 0
    for text in data.decode("utf-8", "surrogateescape").split("\n"):
        if text.startswith("\t"):
            known = facts[commit]
            own = commit.strip("0")
            when = git_time(known.get("committer-time", ""))
            yield Blamed(line, own and commit, _text(known.get("author", "")), when, _text(known.get("summary", "")))
            continue
        key, _, value = text.partition(" ")
        if _HASH.fullmatch(key):
            commit, line = key, int(value.split(" ")[1])
            facts.setdefault(commit, {})
        elif commit:
            facts[commit][key] = value


def _commit(head: Sequence[str], touched: tuple[Touched, ...]) -> Commit:
    commit, at, author, mail, message = head
    subject, _, body = _text(message).strip().partition("\n")
    return Commit(commit, git_time(at), _text(author), _text(mail), subject, body.strip(), touched)


def _text(raw: str) -> str:
    """Text for people: bytes that are no UTF-8 are shown as such, not carried on."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _number(count: str) -> int:
    return 0 if count == "-" else int(count)
