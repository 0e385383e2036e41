"""What an event reads like to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    data: Mapping[str, Any] = event.data
    match event.kind:
        case "case.question":
            return f"asked: {data['question']}", ""
        case "analysis.finished":
            check = data["check"]
            return f"{check['analyzer']}: {check['summary'] or check['status']}", event.run
        case "triage.set":
            return f"judged {data['state']}: {data.get('title', data['fingerprint'])}", data["fingerprint"]
        case "error.grouped":
            said = {"merge": "put together", "split": "told apart", "undo": "left as found"}[data["action"]]
            return f"errors {said}: {data.get('title', ', '.join(data['errors']))}", data["errors"][0]
        case "cause.added" | "cause.edited":
            return f"cause: {data['cause']['statement']}", data["cause"]["id"]
        case "cause.judged":
            return f"cause {data['status']}: {data.get('statement', data['cause'])}", data["cause"]
        case "evidence.pinned" | "note.added" | "comment.added":
            return f"{event.kind.split('.')[0]}: {data['text']}", data.get("ref", "")
        case "test.finished":
            run = data["run"]
            return f"tests {run['status']}: {len(run['results'])} results", run["id"]
        case "proof.finished":
            return f"proof {data['proof']['status']}: {', '.join(data['proof']['tests'])}", data["proof"]["id"]
        case "proposal.offered":
            return f"proposal by {data['proposal']['fixer']}: {data['proposal']['title']}", data["proposal"]["id"]
        case "proposal.judged":
            return f"proposal {data['state']}: {data.get('title', data['proposal'])}", data["proposal"]
        case "agent.talked":
            said = f", {len(data['said'])} lines" if data.get("said") else ""
            return f"talked with {data['agent']}: {data['outcome']}{said}", data.get("subject", "")
        case "patch.applied":
            return f"applied: {data['patch']['title']}", data["patch"]["id"]
        case "patch.undone":
            return f"{'undone' if data.get('undone', True) else 'redone'}: {data['patch']}", data["patch"]
        case "index.changed":
            return f"{'taken back' if data.get('back') else 'staged'}: {data['title']}", ""
        case "change.committed":
            return f"committed {data['commit'][:10]} on {data['branch']}: {data['subject']}", data["commit"]
        case "gate.finished":
            return f"gate {data['gate']['id']} {data['gate']['status']}: {data['gate']['reason']}", data["gate"]["id"]
        case "gate.waived":
            return f"gate {data['gate']} waived: {data['reason']}", data["gate"]
        case "case.phase":
            return f"phase: {data['phase']}", ""
        case "case.mitigated":
            return f"mitigated: {data['text']}", ""
        case "plan.made":
            return f"plan made: roll-back {data['plan']['rollback']['status'].replace('_', ' ')}", data["plan"]["tree"]
        case "plan.edited":
            return f"plan edited: {data['item']} {data['part']}: {data['value']}", data["item"]
        case "monitor.started":
            return "the deploy is watched", event.run
        case "monitor.finished":
            found = data["monitor"]
            return f"monitor {found['outcome'].replace('_', ' ')}: {found['reason']}", event.run
        case "entry.corrected":
            return f"corrected: {data['text']}", data["entry"]
        case "driver.taken":
            return f"{data['driver']} drives", ""
        case "access.invited":
            return f"invited {data['name'] or 'somebody'} as {data['role']}, until {data['until']}", data["invitation"]
        case "access.joined":
            return f"{data['name']} joined as {data['role']}", data["invitation"]
        case "access.revoked":
            return f"invitation {data['invitation']} revoked", data["invitation"]
        case "access.refused":
            return f"refused {data['name'] or 'somebody'}: {data['why']}", ""
        case _:
            return "", ""
