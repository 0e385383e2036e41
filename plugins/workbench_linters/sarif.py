"""Findings of any tool that writes SARIF (semgrep, CodeQL, a scanner in CI), read from files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Finding, Host, Known, Report, SarifError, Step, Subject, read_sarif
from workbench_linters.tools import marked

BATCH = 500
"""Findings per chunk."""

LIMIT = 200_000_000
"""Bytes of a file beyond which it is not read."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file: what was in it, or why it could not be read."""

    name: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


class SarifAnalyzer:
    """Implements :class:`workbench.api.Analyzer`. The setting ``files`` names what is read."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk a file; then its findings, at places of this repository, in batches."""
        known = by_name(subject.paths)
        for name in subject.settings.get("files", ()):
            (read,) = await host.run(Chunk(read_file, (subject.repo, name), 60.0))
            placed = [found for found in read.findings if found.path]
            inside = [replace(found, path=path) for found in placed if (path := place(found.path, subject.repo, known))]
            strange = len(read.findings) - len(inside)
            notes = (*read.notes, *([f"{strange} in files that are not in this tree"] if strange else []))
            yield Known((replace(read, findings=(), notes=notes),))
            rest = iter(inside)
            while batch := tuple(islice(rest, BATCH)):
                yield Chunk(marked, (batch, subject.repo))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """What was found in files that are there, and what each file could not say."""
        files = [item for item in results if isinstance(item, ReadFile)]
        found = tuple(item for item in results if isinstance(item, Finding))
        if not files:
            return Report(summary="no SARIF file was given: --sarif FILE, or files under [plugins.sarif]")
        tools = ", ".join(sorted({item.analyzer for item in found})) or "none"
        notes = "".join(f"; {file.name}: {note}" for file in files for note in file.notes)
        return Report(summary=f"{len(found)} findings in {len(files)} files, of {tools}{notes}", findings=found)


def read_file(repo: str, name: str) -> list[ReadFile]:
    """For a worker: the file ``name``, relative to ``repo`` unless absolute."""
    path = Path(repo) / name
    try:
        if path.stat().st_size > LIMIT:
            return [ReadFile(name, notes=(f"larger than {LIMIT // 1_000_000} MB, not read",))]
        log = read_sarif(path.read_bytes())
    except (OSError, SarifError) as error:
        said = str(error) if isinstance(error, SarifError) else error.strerror or type(error).__name__
        return [ReadFile(name, notes=(f"not read: {said}",))]
    notes = []
    if log.unplaced:
        notes.append(f"{log.unplaced} results at no line of a file")
    if log.suppressed:
        notes.append(f"{log.suppressed} suppressed by the tool")
    return [ReadFile(name, log.findings, tuple(notes))]


def by_name(paths: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The files of the tree by their last name."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[2], []).append(path)
    return found


def place(raw: str, root: str, known: Mapping[str, Sequence[str]]) -> str:
    """``raw`` as a path of the tree; empty when it is none.

    A tool elsewhere (CI, a container) wrote its own absolute paths: then the longest path of the tree that ``raw`` ends
    with is meant, if only one is.
    """
    inner = raw.removeprefix(root.rstrip("/") + "/")
    same = known.get(inner.rpartition("/")[2], ())
    if inner in same:
        return inner
    if not raw.startswith("/"):
        return ""
    ends = sorted((path for path in same if raw.endswith(f"/{path}")), key=len)
    return ends[-1] if ends else ""
