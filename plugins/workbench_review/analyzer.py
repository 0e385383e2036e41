"""Review comments as GitHub's REST API gives them, each on the line of today that it was written on.

Format: docs.github.com/rest/pulls/comments. A comment stands on ``original_line`` of ``path`` in
``original_commit_id``; where git does not know that commit, the last lines of ``diff_hunk`` are looked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Finding, GitError, Host, Known, Report, Severity, Step, Subject, fingerprint
from workbench_review.lines import hunk_line, mapped
from workbench_review.renamed import LOG, followed, renames

LIMIT = 32 << 20
_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. ``line`` counts in ``commit``; ``answers`` is the id of the comment that it answers."""

    id: str
    path: str
    line: int
    commit: str
    hunk: str
    author: str
    body: str
    answers: str = ""


@dataclass(frozen=True, slots=True)
class _Failed:
    text: str


class ReviewAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Read the files, ask git for the text that was commented on, then map in a worker."""
        for given in subject.inputs.get("review", ()):
            read = await host.run(Chunk(read_comments, (os.path.abspath(given),), timeout=30))  # noqa: PTH100 - a path as typed
            yield Known(tuple(item for item in read if isinstance(item, _Failed)))
            before: dict[tuple[str, str], str | None] = {}
            for comment in [item for item in read if isinstance(item, Comment)]:
                key = (comment.commit, comment.path)
                if key not in before:
                    before[key] = await _shown(host, *key)
                if comment.path not in subject.paths:
                    comment = replace(comment, path=await _today(host, comment))
                yield Chunk(placed, (subject.repo, comment, before[key]))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """A finding per thread, its answers in the message."""
        failed = [item.text for item in results if isinstance(item, _Failed)]
        found = [item for item in results if isinstance(item, tuple)]
        gone = sum(line == 0 for _, line, _ in found)
        comments = [comment for comment, _, _ in found]
        findings = tuple(_finding(c, line, same, comments) for c, line, same in found if line and not c.answers)
        note = f"; not read: {'; '.join(failed)}" if failed else ""
        lost = f", {gone} on lines that are gone" if gone else ""
        return Report(
            summary=f"{len(found)} comments, {len(findings)} threads on today's lines{lost}{note}", findings=findings
        )


def read_comments(path: str) -> list[Any]:
    """For a worker: the comments in a file, or why there are none."""
    name = Path(path).name
    try:
        data = json.loads(Path(path).read_bytes()[:LIMIT])
        rows = data if isinstance(data, list) else data.get("comments", [])
        flat = [row for each in rows for row in (each if isinstance(each, list) else [each])]
        return [_comment(row) for row in flat if isinstance(row, Mapping) and row.get("path")]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        return [_Failed(f"{name}: {error}")]


def placed(repo: str, comment: Comment, before: str | None) -> list[Any]:
    """For a worker: the comment, its line today (0 where it is gone), and whether that line is as it was."""
    try:
        today = (Path(repo) / comment.path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [(comment, 0, False)]
    if before is not None:
        return [(comment, *mapped(before.splitlines(), today, comment.line))]
    return [(comment, *hunk_line(comment.hunk, today, comment.line))]


async def _today(host: Host, comment: Comment) -> str:
    """The path that the comment's file has today, by the renames since its commit, or of the whole history."""
    known = _is_hash(comment.commit)
    for span in (f"{comment.commit}..HEAD", "HEAD") if known else ("HEAD",):
        try:
            moves = renames(await host.git(*LOG, span, "--"))
        except GitError:
            continue
        return followed(comment.path, moves)
    return comment.path


def _is_hash(commit: str) -> bool:
    return bool(commit) and all(char in "0123456789abcdef" for char in commit)


async def _shown(host: Host, commit: str, path: str) -> str | None:
    if not _is_hash(commit):
        return None
    try:
        return (await host.git("show", f"{commit}:{path}")).decode("utf-8", "replace")
    except GitError:
        return None


def _comment(row: Mapping[str, Any]) -> Comment:
    user = row.get("user")
    left = row.get("side") == "LEFT"
    return Comment(
        id=str(row.get("id", "")),
        path=str(row["path"]),
        line=int(row.get("original_line") or row.get("line") or 1),
        commit="" if left else str(row.get("original_commit_id") or row.get("commit_id") or ""),
        hunk=str(row.get("diff_hunk") or ""),
        author=str(user.get("login")) if isinstance(user, Mapping) else "",
        body=str(row.get("body") or "").strip()[:_TEXT],
        answers=str(row.get("in_reply_to_id") or ""),
    )


def _finding(comment: Comment, line: int, same: bool, comments: Sequence[Comment]) -> Finding:
    said = [comment, *(each for each in comments if each.answers == comment.id)]
    text = " · ".join(f"{each.author}: {' '.join(each.body.split())}" for each in said)
    mark = fingerprint("review", comment.path, comment.id, comment.body)
    changed = "" if same else " (this line has changed since)"
    return Finding(
        f"review:{mark[:10]}", comment.path, line, line, "review", f"{text}{changed}", Severity.WARNING, "review", mark
    )
