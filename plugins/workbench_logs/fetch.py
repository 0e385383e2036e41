"""What the sources that run a program share: a spool for its output, and the reading of how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from workbench.api import Chunk, Command, Feed, FeedFile, Host, Known, Output, Step
from workbench_logs.services import part_services, parted

LIMIT = 300.0
"""Seconds that a fetch may take; what came by then is read, and the rest named as not seen."""
_SENTENCE = 300


@dataclass(frozen=True)
class Spool:
    """Where the output of the next command goes, what it is called, and the host it is from."""

    path: str
    label: str
    host: str = ""


@dataclass(frozen=True)
class Ended:
    """How a fetching command ended. ``at`` is when, in seconds since 1970; ``seconds`` is how long it took."""

    argv: tuple[str, ...]
    exit_code: int
    said: tuple[str, ...]
    at: float
    seconds: float
    timed_out: bool


def fetching(
    argv: Sequence[str],
    label: str,
    host: Host,
    *,
    at: str = "",
    cwd: str = "",
    executes: bool = False,
    merged: bool = False,
) -> Iterator[Step]:
    """The steps that fetch the output of ``argv`` into a spool: first its name, then the command."""
    path = str(Path(host.scratch()) / f"{secrets.token_hex(8)}.log")
    yield Known((Spool(path, label, at),))
    yield Command(tuple(argv), ended, cwd=cwd, timeout=LIMIT, executes=executes, spool=path, merged=merged)


async def apart(steps: Iterable[Step], host: Host) -> Known:
    """What the steps of ``fetching`` give, run now, where lines name the service that wrote them: parted by it."""
    results = [result for step in steps for result in await host.run(step)]
    spools = [result.path for result in results if isinstance(result, Spool)]
    parts = [part for path in spools for part in await host.run(Chunk(part_services, (path,), timeout=LIMIT))]
    return Known((*results, *parts))


def ended(output: Output) -> list[Ended]:
    """The ``parse`` of a fetching command."""
    said = tuple(line.strip() for line in output.stderr.decode("utf-8", "replace").splitlines() if line.strip())
    return [Ended(output.argv, output.exit_code, said, time(), output.seconds, output.timed_out)]


def fetched(results: Sequence[Any]) -> Iterator[tuple[Spool, Ended]]:
    """The pairs of spool and ending in a plan's results."""
    spools = [result for result in results if isinstance(result, Spool)]
    endings = [result for result in results if isinstance(result, Ended)]
    return zip(spools, endings, strict=False)


def fold_fetched(location: str, results: Sequence[Any], follow: tuple[str, ...] = ()) -> Feed:
    """A feed of the spools; what the commands complained of is ``denied`` when they failed, else a note."""
    files: list[FeedFile] = []
    denied: list[str] = [result for result in results if isinstance(result, str)]
    notes: list[str] = []
    services = parted(results)
    for spool, ending in fetched(results):
        of = services.get(spool.path, ())
        label = spool.label.rstrip(":")
        files += [FeedFile(path, spool.host, f"{label}: {name}" if of[1:] else label, name) for name, path in of]
        if not of and has_lines(spool):
            files.append(FeedFile(spool.path, spool.host, spool.label))
        (denied if ending.exit_code or not has_lines(spool) else notes).extend(sentences(spool, ending.said))
        if ending.timed_out:
            denied.append(f"{spool.label}: stopped after {LIMIT:g} s; what came by then was read")
        elif ending.exit_code:
            denied.append(f"{spool.label}: {ending.argv[0].rsplit('/', 1)[-1]} ended with exit code {ending.exit_code}")
        elif not has_lines(spool) and not ending.said:
            denied.append(f"{spool.label}: it gave no line at all, which is not the same as no errors")
    return Feed(location, tuple(files), tuple(dict.fromkeys(denied)), tuple(dict.fromkeys(notes)), follow)


def sentences(spool: Spool, said: Iterable[str]) -> list[str]:
    """What a command said on standard error, with the name of what was fetched, at most ten lines of it."""
    lines = list(said)
    label = spool.label.rstrip(":")
    told = [f"{label}: {line[:_SENTENCE]}" for line in lines[:10]]
    return [*told, f"{label}: {len(lines) - 10} further lines of complaint"] if len(lines) > 10 else told


def has_lines(spool: Spool) -> bool:
    """Whether anything came."""
    path = Path(spool.path)
    return path.exists() and path.stat().st_size > 0
