"""From the locations that people give to feeds: files at once, everything else through its plugin."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.analysis.logs.files import find_files
from workbench.case.logs import Feed, FeedFile
from workbench.engine.logs.formats import formats_here

GRAMMAR = (
    "[ssh://HOST/] path, glob, folder, -, journal:UNIT, docker:NAME, compose:SERVICE, k8s:NS/WORKLOAD, loki:URL,"
    ' cmd:"argv by shlex, no shell"'
)
_SCHEME = re.compile(r"[A-Za-z][\w.+-]+:")
"""How a location begins that a plugin may read; which one does, the plugins say."""


def is_file(location: str) -> bool:
    """Whether ``location`` is of this machine's files (or standard input, kept in one), not of a program's output."""
    return not _SCHEME.match(location) or Path(location).exists()


def lasting(location: str) -> str:
    """``location`` as it means the same wherever a case is gone on with: a path of this machine from its root."""
    plain = not _SCHEME.match(location) and not location.startswith("-")
    return os.path.abspath(location) if plain else location  # noqa: PTH100 - links stay as they were typed


@contextmanager
def feeds_of(locations: Sequence[str], arguments: argparse.Namespace) -> Iterator[list[Feed]]:
    """A feed for each location; the plugins that run programs are loaded only where one is needed."""
    formats = formats_here(arguments)
    local = {location: formats.on(file_feed(location)) for location in locations if is_file(location)}
    if len(local) == len({*locations}):
        yield [local[location] for location in locations]
        return
    from workbench.engine.logs.fetching import fetched

    with fetched([location for location in locations if location not in local], arguments) as feeds:
        far = iter(feeds)
        yield [local.get(location) or next(far) for location in locations]


def file_feed(location: str) -> Feed:
    """The feed of a path, a glob, a folder, or of standard input kept in a file (``-=PATH``)."""
    if location.startswith("-="):
        return Feed("-", (FeedFile(location[2:], "", "standard input"),))
    found = find_files(location)
    return Feed(location, tuple(FeedFile(path, "", path) for path in found.files), found.denied, found.notes)
