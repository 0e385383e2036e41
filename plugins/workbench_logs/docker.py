"""Containers: one by name, or the services of a compose project."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from workbench.api import Feed, Host, Step
from workbench_logs.fetch import apart, fetched, fetching, fold_fetched, has_lines
from workbench_logs.services import TAIL

_COMPLAINT = 3
"""Lines of a failed command that are no log but its complaint."""


class DockerSource:
    """``docker:NAME``. Both streams of the container are read, in the order docker gives them."""

    def accepts(self, location: str) -> bool:
        """``docker:NAME``."""
        return location.startswith("docker:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """Its log, with docker's own times."""
        for step in fetching(docker_argv(location.removeprefix("docker:")), location, host, merged=True):
            yield step

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The spool; a container that is not there is named."""
        return fold_merged(location, results, follow(docker_argv(location.removeprefix("docker:"))))


class ComposeSource:
    """``compose:SERVICE`` of the project in the folder the program started in; ``compose:`` alone is all services."""

    def accepts(self, location: str) -> bool:
        """``compose:SERVICE``."""
        return location.startswith("compose:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """The logs, each line behind its container's name."""
        argv = compose_argv(location.removeprefix("compose:"))
        yield await apart(fetching(argv, location, host, cwd=str(Path.cwd()), merged=True), host)

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The spool."""
        return fold_merged(location, results, follow(compose_argv(location.removeprefix("compose:"))))


def docker_argv(name: str) -> tuple[str, ...]:
    """The whole log of one container."""
    return ("docker", "logs", "--timestamps", "--", name)


def compose_argv(service: str) -> tuple[str, ...]:
    """The whole log of one service, or of all."""
    argv = ("docker", "compose", "logs", "--no-color", "--timestamps")
    return (*argv, "--", service) if service else argv


def follow(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The same log from now on."""
    at = argv.index("logs") + 1
    return (*argv[:at], "--follow", "--tail=0", *argv[at:])


def fold_merged(location: str, results: Sequence[Any], following: tuple[str, ...]) -> Feed:
    """As ``fold_fetched`` for commands whose complaints are in the spool: where one failed, its last lines are told.

    A spool of nothing but complaints is no log.
    """
    feed = fold_fetched(location, results, following)
    if not any(ending.exit_code for _, ending in fetched(results)):
        return feed
    data = b"".join(Path(spool.path).read_bytes() for spool, _ in fetched(results) if has_lines(spool))
    said = data[-TAIL:].decode("utf-8", "replace").strip().splitlines()[-3:]
    told = [f"{location}: {line}" for line in said]
    files = feed.files if len(feed.files) > 1 or data.count(b"\n") > _COMPLAINT else ()
    return Feed(feed.name, files, (*feed.denied, *told), feed.notes, feed.follow)
