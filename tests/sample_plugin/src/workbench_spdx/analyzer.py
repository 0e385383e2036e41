"""Source files that name no licence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Chunk, Finding, Host, Report, Severity, Step, Subject, fingerprint
from workbench_spdx.header import is_source, without


class Licences:
    """Implements workbench.api.Analyzer."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """A hundred files a chunk."""
        paths = sorted(filter(is_source, subject.paths))
        for at in range(0, len(paths), 100):
            yield Chunk(without, (subject.repo, paths[at : at + 100]))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """A finding at the head of each."""
        asked = sum(map(is_source, subject.paths))
        return Report(
            summary=f"{len(results)} of {asked} source files name no licence",
            findings=tuple(_finding(path) for path in results),
        )


def _finding(path: str) -> Finding:
    mark = fingerprint("licence", path, "", "")
    return Finding(mark, path, 1, 1, "licence", "names no licence", Severity.INFO, "spdx", mark)
