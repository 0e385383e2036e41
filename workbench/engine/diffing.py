"""Diffs from git, whatever its configuration says: between trees, commits, the index and the working tree."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from workbench.analysis.diffs import Diff, decode_diff, parse_diff

PLAIN = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--submodule=short", "--find-renames"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--inter-hunk-context=0", "--diff-algorithm=histogram"),
)
"""What makes git write the diff that we read, against any setting of the user's."""


def diff_args(
    old: str = "",
    new: str = "",
    *,
    cached: bool = False,
    context: int = 3,
    ignore_space: bool = False,
    binary: bool = False,
    paths: Sequence[str] = (),
) -> tuple[str, ...]:
    """Arguments of git for a diff from ``old`` to ``new``.

    Both may be commits or trees; without ``new`` it is the working tree, or the index when ``cached``; without ``old``
    too it is what is not staged. A tree of ours holds untracked files as well. ``binary`` asks for the data that
    applying needs; a diff made with ``ignore_space`` is to be read, not applied.
    """
    settings = ["--binary", "--full-index"] if binary else []
    if ignore_space:
        settings += ["--ignore-all-space", "--ignore-blank-lines"]
    if cached:
        settings.append("--cached")
    revisions = [revision for revision in (old, new) if revision]
    literal = ["--literal-pathspecs"] if paths else []
    return (*literal, "diff", *PLAIN, f"--unified={context}", *settings, "--end-of-options", *revisions, "--", *paths)


async def read_diff(git: Callable[..., Awaitable[bytes]], args: Sequence[str]) -> Diff:
    """The diff that ``git(*args)`` writes, parsed off the loop. Raises what ``git`` raises, and DiffError."""
    raw = await git(*args)
    return await asyncio.to_thread(lambda: parse_diff(decode_diff(raw)))
