"""The deployed release in the words of git, and frames of it where they stand in today's files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.api import Chunk, Deployed, Frame, GitError, Host, LogError, Subject, line_after, parse_diff


async def located(told: Deployed | None, subject: Subject, host: Host) -> Deployed | None:
    """What runs, with its commits: what the user said before what the log tells; None where neither says anything."""
    if subject.deployed:
        told = replace(told or Deployed("", ""), name=subject.deployed, source="--deployed", commit="")
    if told is None or not subject.revision:
        return told
    commit = await _commit(host, told.commit, told.name)
    previous = await _commit(host, told.previous_commit, told.previous) if told.previous else ""
    name = told.previous
    if commit and not previous:
        name = await _tag_before(host, commit)
        previous = await _commit(host, name) if name else ""
    return replace(told, commit=commit, previous=name, previous_commit=previous)


async def _commit(host: Host, *names: str) -> str:
    """The commit of the first name that git knows: as it stands, or the part behind a name or an image."""
    for name in filter(None, names):
        for each in dict.fromkeys((name, name.rpartition(":")[2], name.rpartition("@")[2], name.rpartition("-g")[2])):
            if each.startswith("-"):
                continue
            try:
                answer = await host.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{each}^{{commit}}")
            except GitError:
                continue
            return answer.decode().strip()
    return ""


async def _tag_before(host: Host, commit: str) -> str:
    try:
        return (await host.git("describe", "--tags", "--abbrev=0", f"{commit}^")).decode().strip()
    except GitError:
        return ""


async def mapped(
    errors: Sequence[LogError], release: Deployed | None, subject: Subject, host: Host
) -> Sequence[LogError]:
    """``errors`` with the lines of their frames as they are today, where the deployed files were others."""
    paths = sorted({frame.path for error in errors for frame in error.frames if frame.mapped})
    if release is None or not release.commit or not paths:
        return errors
    try:
        diff = await host.git("diff", "--no-renames", "--unified=0", release.commit, "--", *paths)
    except GitError:
        return errors
    return await host.run(Chunk(move, (subject.repo, tuple(errors), diff))) if diff else errors


def move(repo: str, errors: Sequence[LogError], diff: bytes) -> list[LogError]:
    """Move the frames through ``diff`` (deployed to today); a frame whose text stands at its line stays."""
    hunks = {file.path: file.hunks for file in parse_diff(diff.decode("utf-8", "surrogateescape")).files}
    lines: dict[str, list[str]] = {}

    def moved(frame: Frame) -> Frame:
        if not frame.mapped or frame.path not in hunks:
            return frame
        text = lines.setdefault(frame.path, _lines(repo, frame.path))
        if frame.text and 0 < frame.line <= len(text) and text[frame.line - 1].strip() == frame.text.strip():
            return frame
        return replace(frame, line=line_after(frame.line, hunks[frame.path]))

    return [replace(error, frames=tuple(map(moved, error.frames))) for error in errors]


def _lines(repo: str, path: str) -> list[str]:
    try:
        return (Path(repo) / path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
