"""Configuration back: the files of a setting, flag, version or container as they were before a commit changed them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Change, ChangeKind, Command, FixHost, FixRequest, GitError, Known, Output, Proposal, Step

KINDS = (ChangeKind.CONFIGURATION, ChangeKind.FLAG, ChangeKind.DEPENDENCY)


class ConfigurationFixer:
    """Implements :class:`workbench.api.Fixer`."""

    def applies(self, request: FixRequest) -> str:
        """A change of configuration, a flag or a version that a commit brought."""
        change = request.change
        if change is None or change.kind not in KINDS or not change.paths:
            return "brings configuration back"
        return "" if change.revision else "no commit brought it: the repository does not hold it"

    async def plan(self, request: FixRequest, host: FixHost) -> AsyncIterator[Step]:
        """Git takes back what the commit did to these files, and says where that does not apply."""
        change = request.change
        assert change is not None
        try:
            patch = await host.git(
                "diff-tree", "-p", "--binary", "--no-commit-id", change.revision, "--", *change.paths
            )
        except GitError as error:
            yield Known((f"git knows no such change: {error}",))
            return
        if patch.strip():
            argv = ("git", "-c", "core.hooksPath=/dev/null", "apply", "--reverse", "--whitespace=nowarn", "-")
            yield Command(argv, refused, cwd=request.worktree, stdin=patch, timeout=60.0)
        else:
            yield Known((f"{change.revision[:10]} did not touch {', '.join(change.paths)}",))

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """The proposal, or why it cannot be."""
        change = request.change
        assert change is not None
        said = next((each for each in results if each), "")
        title = f"configuration back: {change.summary}"
        made = Proposal("", "configuration-back", title, change.kind.value, commands=commands(change))
        note = f"as before {change.revision[:10]}; what else that commit did stays"
        if said:
            return Proposal("", made.fixer, title, made.rule, state="conflicts", note=said, commands=made.commands)
        return Proposal("", made.fixer, title, made.rule, note=note, commands=made.commands)


def commands(change: Change) -> tuple[str, ...]:
    """What a person can run in place of it."""
    paths = " ".join(f"'{path}'" for path in change.paths)
    return (f"git checkout {change.revision[:10]}^ -- {paths}",)


def refused(output: Output) -> list[Any]:
    """Nothing, or where git refused."""
    if not output.exit_code:
        return [""]
    said = output.stderr.decode("utf-8", "replace").strip().splitlines()
    return [f"conflicts: {said[0] if said else 'it does not apply any more'}"]
