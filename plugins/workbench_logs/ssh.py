"""Other machines, by the user's own ssh; nothing is installed there but a shell, cat and gzip are used."""

from __future__ import annotations

import re
import shlex
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.api import Feed, Host, Known, Step
from workbench_logs.docker import compose_argv, docker_argv, follow
from workbench_logs.fetch import Ended, Spool, apart, fetched, fetching, fold_fetched
from workbench_logs.journal import journal_argv
from workbench_logs.kubernetes import Reached, comings, pods_logs

_LOCATION = re.compile(r"ssh://([^/]+)/(.+)$", re.DOTALL)
_HOST = re.compile(r"(?:[\w.-]+@)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?$")
_PLAIN = re.compile(r"[\w/.,:+@*?\[\]~-]")
_READ = (
    'for f in "$@"; do if [ -d "$f" ]; then find "$f" -type f -name "*log*" -exec gzip -cdf -- {} +;'
    ' else gzip -cdf -- "$f"; fi; done'
)
_SKEW = 5.0
"""Seconds by which the clocks of two machines may differ before it is said."""


@dataclass(frozen=True)
class Place:
    """One machine: what ssh is told."""

    host: str
    port: str = ""

    def argv(self, remote: str) -> tuple[str, ...]:
        """The user's ssh, never asking, running ``remote``."""
        port = ("-p", self.port) if self.port else ()
        options = ("-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR")
        return ("ssh", *options, *port, "--", self.host, remote)

    def timed(self, remote: str) -> tuple[str, ...]:
        """The same, and it tells the time there first."""
        return self.argv(f"date +%s >&2; {remote}")


class SshSource:
    """``ssh://HOST/LOCATION``; several hosts, with commas between them, are merged by time.

    LOCATION is a path from the root, a glob, a folder, or journal:, docker:, compose:, k8s: and cmd: as here.
    """

    def accepts(self, location: str) -> bool:
        """``ssh://HOST/…``."""
        return location.startswith("ssh://")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """One ssh per host; it says the time there before anything else."""
        found = _LOCATION.match(location)
        if not found:
            yield Known((f"{location}: give ssh://HOST/PATH",))
            return
        for place in places(found.group(1)):
            if place is None:
                yield Known((f"{location}: that is no host name",))
                continue
            wanted, label = found.group(2), f"{place.host}: {found.group(2)}"
            if wanted.startswith("k8s:"):
                async for step in pods_logs(wanted, label, host, _reached(place)):
                    yield step
                continue
            steps = fetching(place.timed(remote(wanted)), label, host, at=place.host)
            if wanted.startswith("compose:"):
                yield await apart(steps, host)
                continue
            for step in steps:
                yield step

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The spools; clocks that differ are noted, what a host refused is denied."""
        notes = tuple(note for spool, ending in fetched(results) for note in skew(spool, ending))
        cleaned = [replace(each, said=complaints(each)) if isinstance(each, Ended) else each for each in results]
        feed = fold_fetched(location, cleaned)
        # gzip and cat complain of files they may not read and yet other files came: that is denied too, not a note
        closed = tuple(note for note in feed.notes if "ermission denied" in note or "No such file" in note)
        kept = tuple(note for note in feed.notes if note not in closed)
        return Feed(
            location,
            feed.files,
            (*feed.denied, *closed),
            (*kept, *notes),
            follows=comings(results) or _following(location),
        )


def places(hosts: str) -> Iterator[Place | None]:
    """The hosts of a location; None for what is no host name (an option, say)."""
    for text in hosts.split(","):
        if text.startswith("-") or not _HOST.match(text):
            yield None
            continue
        name, colon, port = text.rpartition(":")
        yield Place(name, port) if colon and port.isdigit() and not text.endswith("]") else Place(text)


def remote(location: str) -> str:
    """The command line for the shell of the other machine; every part but a glob's marks is quoted."""
    scheme, _, rest = location.partition(":")
    if scheme == "journal":
        return shlex.join(journal_argv(rest))
    if scheme == "docker":
        return f"{shlex.join(docker_argv(rest))} 2>&1"
    if scheme == "compose":
        return f"{shlex.join(compose_argv(rest))} 2>&1"
    if scheme == "cmd":
        return shlex.join(shlex.split(rest))
    return f"sh -c {shlex.quote(_READ)} sh {_globbed('/' + location.lstrip('/'))}"


def _reached(place: Place) -> Reached:
    """How kubectl is run on another machine."""
    return Reached(
        lambda argv: place.timed(shlex.join(argv)), lambda argv: place.argv(f"exec {shlex.join(argv)}"), place.host
    )


def skew(spool: Spool, ending: Ended) -> list[str]:
    """A sentence where the other clock was outside of the time that the command took, give or take _SKEW seconds."""
    if not ending.said or not ending.said[0].isdigit():
        return []
    there = float(ending.said[0])
    started = ending.at - ending.seconds
    off = there - started if there < started else max(0.0, there - ending.at)
    ahead = "ahead of" if off > 0 else "behind"
    return [f"the clock of {spool.host} is {abs(off):.0f} s {ahead} this machine's"] if abs(off) > _SKEW else []


def complaints(ending: Ended) -> tuple[str, ...]:
    """What came on standard error after the time."""
    return ending.said[1:] if ending.said and ending.said[0].isdigit() else ending.said


def _globbed(path: str) -> str:
    return "".join(each if _PLAIN.match(each) else f"\\{each}" for each in path)


def _following(location: str) -> tuple[tuple[str, ...], ...]:
    """What goes on printing the same, for each host."""
    found = _LOCATION.match(location)
    line = _coming(found.group(2)) if found else ""
    return tuple(place.argv(line) for place in places(found.group(1)) if place) if found and line else ()


def _coming(location: str) -> str:
    """The command line that prints what comes there; empty for what cannot be followed."""
    scheme, _, rest = location.partition(":")
    if scheme == "journal":
        return shlex.join((*journal_argv(rest), "--lines=0", "--follow"))
    if scheme in ("docker", "compose"):
        return f"exec {shlex.join(follow((docker_argv if scheme == 'docker' else compose_argv)(rest)))} 2>&1"
    if scheme in ("cmd", "k8s"):
        return ""
    return f"exec tail -n 0 -F {_globbed('/' + location.lstrip('/'))}"
