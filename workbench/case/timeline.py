"""What an event reads like to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.case.enums import CheckStatus
from workbench.case.events import Event
from workbench.case.state import Entry


def entry(event: Event) -> Entry | None:
    """The timeline's line for an event; None for one that is no news to a person. Raises KeyError on missing data."""
    text, ref = _told(event)
    if not text:
        return None
    return Entry(event.id, event.seq, event.at, event.actor, event.kind, text, ref)


def unreadable(event: Event, why: str) -> Entry:
    """The line for an event whose data makes no sense: it changed nothing, and that is said."""
    text = f"event {event.seq} ({event.kind}) could not be read and changed nothing: {why}"
    return Entry(event.id, event.seq, event.at, event.actor, event.kind, text)


def _told(event: Event) -> tuple[str, str]:
    """The sentence and what it cites; ("", "") for no news."""
    tell = _TELLERS.get(event.kind)
    return tell(event, event.data) if tell else ("", "")


_Data = Mapping[str, Any]
_Teller = Callable[[Event, _Data], tuple[str, str]]


def _analysis(event: Event, data: _Data) -> tuple[str, str]:
    """What an analyzer said; one that was not available did nothing, and stands among what was not checked."""
    check = data["check"]
    if check["status"] == CheckStatus.NOT_AVAILABLE:
        return "", ""
    return f"{check['analyzer']}: {check['summary'] or check['status']}", event.run


def _grouped(event: Event, data: _Data) -> tuple[str, str]:
    said = {"merge": "put together", "split": "told apart", "undo": "left as found"}[data["action"]]
    return f"errors {said}: {data.get('title', ', '.join(data['errors']))}", data["errors"][0]


def _cause(event: Event, data: _Data) -> tuple[str, str]:
    return f"cause: {data['cause']['statement']}", data["cause"]["id"]


def _words(event: Event, data: _Data) -> tuple[str, str]:
    return f"{event.kind.split('.')[0]}: {data['text']}", data.get("ref", "")


def _tests(event: Event, data: _Data) -> tuple[str, str]:
    return f"tests {data['run']['status']}: {len(data['run']['results'])} results", data["run"]["id"]


def _proof(event: Event, data: _Data) -> tuple[str, str]:
    return f"proof {data['proof']['status']}: {', '.join(data['proof']['tests'])}", data["proof"]["id"]


def _proposal(event: Event, data: _Data) -> tuple[str, str]:
    return f"proposal by {data['proposal']['fixer']}: {data['proposal']['title']}", data["proposal"]["id"]


def _agent(event: Event, data: _Data) -> tuple[str, str]:
    said = f", {len(data['said'])} lines" if data.get("said") else ""
    return f"talked with {data['agent']}: {data['outcome']}{said}", data.get("subject", "")


def _gate(event: Event, data: _Data) -> tuple[str, str]:
    return f"gate {data['gate']['id']} {data['gate']['status']}: {data['gate']['reason']}", data["gate"]["id"]


def _plan(event: Event, data: _Data) -> tuple[str, str]:
    return f"plan made: roll-back {data['plan']['rollback']['status'].replace('_', ' ')}", data["plan"]["tree"]


def _monitor(event: Event, data: _Data) -> tuple[str, str]:
    return f"monitor {data['monitor']['outcome'].replace('_', ' ')}: {data['monitor']['reason']}", event.run


def _phase(event: Event, data: _Data) -> tuple[str, str]:
    at = f" {data['at']}" if data.get("at") else ""
    why = f": {data['reason']}" if data.get("reason") else ""
    return f"phase {data['phase'].replace('_', ' ')}{at}{why}", ""


def _invited(event: Event, data: _Data) -> tuple[str, str]:
    return f"invited {data['name'] or 'somebody'} as {data['role']}, until {data['until']}", data["invitation"]


_TELLERS: Mapping[str, _Teller] = {
    "case.question": lambda event, data: (f"asked: {data['question']}", ""),
    "case.phase": _phase,
    "case.mitigated": lambda event, data: (f"mitigated: {data['text']}", ""),
    "analysis.finished": _analysis,
    "triage.set": lambda event, data: (
        f"judged {data['state']}: {data.get('title', data['fingerprint'])}",
        data["fingerprint"],
    ),
    "error.grouped": _grouped,
    "cause.added": _cause,
    "cause.edited": _cause,
    "cause.judged": lambda event, data: (
        f"cause {data['status']}: {data.get('statement', data['cause'])}",
        data["cause"],
    ),
    "evidence.pinned": _words,
    "note.added": _words,
    "comment.added": _words,
    "test.finished": _tests,
    "proof.finished": _proof,
    "proposal.offered": _proposal,
    "proposal.judged": lambda event, data: (
        f"proposal {data['state']}: {data.get('title', data['proposal'])}",
        data["proposal"],
    ),
    "agent.talked": _agent,
    "patch.applied": lambda event, data: (f"applied: {data['patch']['title']}", data["patch"]["id"]),
    "patch.undone": lambda event, data: (
        f"{'undone' if data.get('undone', True) else 'redone'}: {data['patch']}",
        data["patch"],
    ),
    "index.changed": lambda event, data: (f"{'taken back' if data.get('back') else 'staged'}: {data['title']}", ""),
    "change.committed": lambda event, data: (
        f"committed {data['commit'][:10]} on {data['branch']}: {data['subject']}",
        data["commit"],
    ),
    "gate.finished": _gate,
    "gate.waived": lambda event, data: (f"gate {data['gate']} waived: {data['reason']}", data["gate"]),
    "gate.approved": lambda event, data: (f"approved the tree {data['tree'][:10]}", "approval"),
    "plan.made": _plan,
    "plan.edited": lambda event, data: (f"plan edited: {data['item']} {data['part']}: {data['value']}", data["item"]),
    "monitor.started": lambda event, data: ("the deploy is watched", event.run),
    "monitor.finished": _monitor,
    "entry.corrected": lambda event, data: (f"corrected: {data['text']}", data["entry"]),
    "driver.taken": lambda event, data: (f"{data['driver']} drives", ""),
    "access.invited": _invited,
    "access.joined": lambda event, data: (f"{data['name']} joined as {data['role']}", data["invitation"]),
    "access.revoked": lambda event, data: (f"invitation {data['invitation']} revoked", data["invitation"]),
    "access.refused": lambda event, data: (f"refused {data['name'] or 'somebody'}: {data['why']}", ""),
}
