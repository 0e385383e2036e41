"""The fixer: git takes the commits back in its worktree; what would be lost is read from the range's migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from workbench.api import Change, ChangeKind, Chunk, Command, FixRequest, GitError, Host, Known, Output, Proposal, Step
from workbench_revert.losing import is_migration, losses

_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "user.name=workbench")
_AS = (*_GIT, "-c", "user.email=workbench@localhost")
SHOWN = 8
"""Commits that are named."""


class RevertFixer:
    """Implements :class:`workbench.api.Fixer`."""

    def applies(self, request: FixRequest) -> str:
        """A commit or a release."""
        change = request.change
        if change is None or not change.revision or change.kind not in (ChangeKind.COMMIT, ChangeKind.DEPLOY):
            return "takes back commits and releases"
        return ""

    async def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        """What the range holds, then the reverting itself."""
        change = request.change
        assert change is not None
        try:
            span = await _span(change, host)
            commits = (await host.git("log", "--format=%h %s", span)).decode("utf-8", "replace").splitlines()
            merges = (await host.git("log", "--format=%h", "--merges", span)).decode().split()
            names = (await host.git("diff", "--name-only", "-z", *span.split(".."))).decode("utf-8", "replace")
            migrations = [path for path in names.split("\0") if is_migration(path)]
            yield Known((("range", span, commits, merges),))
            for path in migrations:
                yield Known((("migration", path, losses(await _text(host, span.split("..")[1], path))),))
        except GitError as error:
            yield Known((("unknown", str(error)),))
            return
        main = ("-m", "1") if merges else ()
        argv = (*_AS, "revert", "--no-commit", *main, span)
        await host.run(Chunk(merge_as_text, (request.worktree,)))
        ended = await host.run(Command(argv, reverted, cwd=request.worktree, timeout=120.0))
        yield Known(tuple(ended))
        yield Chunk(conflicts, (request.worktree, ended[0][1]))

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """The proposal, or where it conflicts."""
        change = request.change
        assert change is not None
        said = {result[0]: result for result in results if result[0] != "migration"}
        if "unknown" in said:
            return None
        _, span, commits, merges = said["range"]
        one = change.kind is ChangeKind.COMMIT
        title = f"revert {change.summary}" if one else f"go back to the release before {change.summary}"
        lines = [_taken(commits)]
        for _, path, lost in (result for result in results if result[0] == "migration"):
            lines.append(f"migration {path}: {'; '.join(lost) or 'nothing is lost by going back'}")
        main = "-m 1 " if merges else ""
        commands = (f"git revert --no-edit {main}{span}",)
        made = Proposal("", "revert", title, change.kind.value, commands=commands)
        failed = said["reverted"][1]
        if failed:
            where = ", ".join(said["conflicts"][1]) or failed
            return _with(made, "conflicts", [f"conflicts: {where}", *lines])
        return _with(made, "offered", lines)


async def _span(change: Change, host: Host) -> str:
    """``before..after``: the commit alone, or everything since the release before."""
    revision = (await host.git("rev-parse", "--verify", "--end-of-options", f"{change.revision}^{{commit}}")).decode()
    after = revision.strip()
    before = f"{after}^"
    if change.kind is ChangeKind.DEPLOY:
        before = (await host.git("describe", "--tags", "--abbrev=0", f"{after}^")).decode().strip()
    return f"{(await host.git('rev-parse', '--short', f'{before}^{{commit}}')).decode().strip()}..{after[:10]}"


async def _text(host: Host, revision: str, path: str) -> str:
    try:
        return (await host.git("show", f"{revision}:{path}")).decode("utf-8", "replace")
    except GitError:
        return ""


def _taken(commits: Sequence[str]) -> str:
    """The commits that go along."""
    more = f" and {len(commits) - SHOWN} more" if len(commits) > SHOWN else ""
    word = "takes back" if len(commits) == 1 else f"takes {len(commits)} commits back:"
    return f"{word} {'; '.join(commits[:SHOWN])}{more}"


def _with(made: Proposal, state: str, lines: Sequence[str]) -> Proposal:
    return Proposal("", made.fixer, made.title, made.rule, state=state, note="\n".join(lines), commands=made.commands)


def merge_as_text(worktree: str) -> list[Any]:
    """Have git merge by lines in this worktree: trees are otherwise kept free of merge drivers."""
    attributes = Path(worktree) / ".git" / "info" / "attributes"
    attributes.write_text("* -filter !diff merge\n", encoding="utf-8")
    return []


def reverted(output: Output) -> list[Any]:
    """Why git refused, or the empty string."""
    if not output.exit_code:
        return [("reverted", "")]
    said = (output.stdout + output.stderr).decode("utf-8", "replace").strip().splitlines()
    where = [line.partition(": ")[2] for line in said if line.startswith("CONFLICT")]
    return [("reverted", "; ".join(where) or next(iter(said), "git revert failed"))]


def conflicts(worktree: str, said: str) -> list[Any]:
    """Path and line of every conflict marker in the files that git named."""
    found: list[str] = []
    for each in said.split("; "):
        path = each.rpartition(" conflict in ")[2]
        file = Path(worktree) / path
        if path and path != each and file.is_file():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [f"{path}:{at}" for at, line in enumerate(lines, 1) if line.startswith("<<<<<<< ")]
    return [("conflicts", found)]
