"""People who approve the tree as it stands, by name; the author does not count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import (
    Approval,
    ChangeSubject,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    GitError,
    Known,
    Step,
    gate_setting,
)


class ApprovalGate:
    """Implements :class:`workbench.api.Gate`. An approval is of a tree: an edit makes another, and voids it."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where the settings say whose word is wanted."""
        return "" if _wanted(subject) else "no approver is named: set gates.approval.by"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Who wrote the change."""
        authors = set()
        since = subject.settings.get("since", "")
        for asked in (
            ("log", "--format=%an%n%ae", f"{since}..HEAD"),
            ("config", "user.name"),
            ("config", "user.email"),
        ):
            try:
                said = (await host.git(*asked)).decode("utf-8", "replace")
            except GitError:
                continue
            authors |= {name.strip().lower() for name in said.splitlines() if name.strip()}
        yield Known((frozenset(authors),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Passes when enough of the named people approved this tree: ``gates.approval.threshold``, else one."""
        (authors,) = results
        approvals: Sequence[Approval] = subject.settings.get("approvals", ())
        wanted = {name.lower(): name for name in _wanted(subject)}
        needed = int(gate_setting(subject, "approval", "threshold", 1))
        given = {each.by.lower() for each in approvals if each.tree == subject.head} & wanted.keys()
        counted = {name for name in given if not _wrote(name, authors)}
        void = {each.by.lower() for each in approvals if each.tree != subject.head} & wanted.keys() - given
        status, reason = GateStatus.PASS, f"approved by {', '.join(sorted(wanted[name] for name in counted))}"
        if len(counted) < needed:
            parts = [f"{len(counted)} of {needed} approvals"]
            parts += [f"{wanted[name]} approved another tree: an edit voids it" for name in sorted(void)]
            parts += [f"{wanted[name]} wrote it, and does not count" for name in sorted(given - counted)]
            parts += [f"wanted: {', '.join(wanted.values())}"]
            status, reason = GateStatus.INCONCLUSIVE, "; ".join(parts)
        evidence = tuple(
            Evidence(
                f"{each.by}:{each.tree[:10]}", f"{each.by} approved tree {each.tree[:10]} at {each.at:%Y-%m-%d %H:%M}"
            )
            for each in approvals
        )
        figures = (Figure("approvals", len(counted), n=len(wanted)),)
        return GateResult(
            "approval", "approval", status, reason, figures=figures, examined=len(wanted), evidence=evidence
        )


def _wanted(subject: ChangeSubject) -> Sequence[str]:
    names: Sequence[str] = gate_setting(subject, "approval", "by", ())
    return names


def _wrote(name: str, authors: frozenset[str]) -> bool:
    """Whether a name is an author's: their name, their address, or what stands before its ``@``."""
    return any(name in (author, author.partition("@")[0]) for author in authors)
