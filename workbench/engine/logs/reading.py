"""Reading feeds in this process: a sample first, then every line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path
from typing import TextIO

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.facts import facts
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import NotTextError, Survey, sampled, scan_whole, survey
from workbench.analysis.logs.scan.scanner import Scanner
from workbench.analysis.logs.scan.table import Table
from workbench.case.logs import Feed, SourceFacts

_ROWS = 100_000


@dataclass
class Surveyed:
    """One feed with what its files' samples taught; of a file that is no text the path alone."""

    feed: Feed
    surveys: list[Survey | str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """What the feeds gave. ``sampled`` is the bytes of the samples where only they were read, else 0; ``size`` is the
    bytes of all files that have one."""

    digest: Digest
    sources: tuple[SourceFacts, ...]
    table: Table
    sampled: int = 0
    size: int = 0


class Reader:
    """Reads feeds with one lens; the sample's reading comes first."""

    def __init__(self, feeds: Sequence[Feed], lens: Lens, keep_groups: bool = False) -> None:
        self._feeds = [Surveyed(feed) for feed in feeds]
        self._lens = lens
        self._keep_groups = keep_groups
        self._scanned: list[Scanner | int] = []
        self._samples: list[tuple[Survey, tuple[bytes, ...]]] = []

    @property
    def size(self) -> int:
        """Bytes of all files that have a size."""
        return sum(found.size or 0 for each in self._feeds for found in each.surveys if isinstance(found, Survey))

    @property
    def sampled(self) -> int:
        """Bytes of the samples."""
        return sum(len(piece) for _, sample in self._samples for piece in sample)

    def survey(self) -> None:
        """Learn from samples of all files. Files that cannot be read are in the facts' ``denied`` from now on."""
        for each in self._feeds:
            for file in each.feed.files:
                try:
                    found, sample = survey(file.path, each.feed.stream(file), file.formats)
                except OSError as error:
                    each.denied.append(f"{file.label or file.path}: {error}")
                    if isinstance(error, NotTextError):
                        each.surveys.append(file.path)
                    continue
                each.surveys.append(found)
                self._samples.append((found, sample))

    def sample(self) -> Reading:
        """What the samples say; :meth:`survey` was called before."""
        total = Table()
        for found, sample in self._samples:
            total.add(sampled(found, sample))
        return self._reading(total, [], self.sampled)

    def read(self) -> Reading:
        """What all of the files say; :meth:`survey` was called before."""
        self._samples.clear()
        total = Table()
        sources: list[SourceFacts] = []
        for each in self._feeds:
            table = Table()
            for found in each.surveys:
                if isinstance(found, str):
                    self._scanned.append(_lines_of(found) if self._keep_groups else 0)
                    continue
                try:
                    scanner = scan_whole(found, self._keep_groups)
                except OSError as error:
                    each.denied.append(f"{found.path}: {error}")
                    continue
                table.add(scanner.finish())
                if self._keep_groups:
                    self._scanned.append(scanner)
            feed = each.feed
            hosts = [file.host for file in feed.files if file.host]
            sources.append(facts(feed.name, table, hosts, (*feed.denied, *each.denied), feed.notes))
            total.add(table)
        return self._reading(total, sources, 0)

    def write_assignments(self, path: str, reading: Reading) -> None:
        """Write CSV ``line_no,group_id``, one row per physical line from 1, file after file. Raises OSError.

        The lines of a file that is no text are of the group ``unread``.
        """
        numbers: dict[str, str] = {}
        line = 1
        with Path(path).open("w", encoding="ascii") as file:
            file.write("line_no,group_id\n")
            for scanner in self._scanned:
                if isinstance(scanner, int):
                    line = _write_rows(file, line, repeat("unread", scanner))
                    continue
                groups = scanner.groups or ()
                names = {group: _group_name(scanner, group, reading.digest) for group in set(groups)}
                shown = {group: numbers.setdefault(name, str(len(numbers))) for group, name in names.items()}
                line = _write_rows(file, line, map(shown.__getitem__, groups))

    def _reading(self, table: Table, sources: Sequence[SourceFacts], read: int) -> Reading:
        return Reading(digest(table, self._lens), tuple(sources), table, read, self.size)


def _write_rows(file: TextIO, line: int, groups: Iterator[str]) -> int:
    """Write a row for each of ``groups``, numbered from ``line``; gives the number after the last."""
    while rows := list(islice(groups, _ROWS)):
        lines = map(str, range(line, line + len(rows)))
        file.write("\n".join(map(",".join, zip(lines, rows, strict=True))) + "\n")
        line += len(rows)
    return line


def _lines_of(path: str) -> int:
    """How many physical lines a file has, the last one without its end too."""
    count, last = 0, b"\n"
    with Path(path).open("rb") as file:
        while data := file.read(1 << 20):
            count, last = count + data.count(b"\n"), data[-1:]
    return count + (last != b"\n")


def who(reading: Reading) -> list[tuple[str, str, str]]:
    """(error id, "user" or "request", value): the distinct ones that each error names, as far as they were kept."""
    rows: set[tuple[str, str, str]] = set()
    for told in reading.digest.error_of.values():
        for row in told.rows:
            rows |= {(told.id, "user", user) for user in row.users}
            rows |= {(told.id, "request", request) for request in row.requests}
    return sorted(rows)


def _group_name(scanner: Scanner, group: int, told: Digest) -> str:
    key = scanner.group_key(group)
    if group & 1:
        return f"e {told.error_of[key].key}"
    return f"p {' '.join(told.templates.of.get(tuple(map(str, key)), tuple(map(str, key))))}"
