"""The JSON documents of the command line, made from a case's state and views. Pure."""

from __future__ import annotations

from typing import Any

from workbench.analysis.ranking import is_weak
from workbench.case.code import Hotspot
from workbench.case.codec import encode
from workbench.case.state import CaseState
from workbench.engine.views import Views

SCHEMA = 1


def investigation(state: CaseState, views: Views, seconds: float) -> dict[str, Any]:
    """What ``workbench investigate --format json`` prints; ``seconds`` is how long it took."""
    ranking = views.ranking
    return {
        "schema": SCHEMA,
        "case": state.id,
        "question": state.question,
        "repo": state.repo,
        "commit": state.base,
        "deployed": state.deployed or (views.deployed.name if views.deployed else ""),
        "release": encode(views.deployed),
        "playbook": state.playbook,
        "inputs": encode(state.inputs),
        "intake": encode(state.intake),
        "tree": state.tree,
        "seconds": round(seconds, 3),
        "masked": state.masked,
        "thin": ranking.thin,
        "thin_hint": ranking.thin_hint,
        "files": [_spot(spot, "path", "caption", "score", "signals") for spot in ranking.files],
        "symbols": [
            _spot(spot, "path", "qualname", "line", "end_line", "score", "signals") for spot in ranking.symbols
        ],
        "findings": encode(views.findings),
        "debt": encode(views.debt),
        "sources": encode(views.sources),
        "patterns": encode(views.patterns),
        "errors": encode(views.errors),
        "onset": onset(views),
        "impact": encode(views.impact),
        "changes": encode(views.changes),
        "upstreams": encode(views.upstreams),
        "databases": encode(views.databases),
        "metrics": encode(views.series),
        "map": {"nodes": encode(views.nodes), "edges": encode(views.edges)},
        "hypotheses": [hypothesis(cause) for cause in views.causes],
        "checks": encode(views.checks),
    }


def onset(views: Views) -> dict[str, Any] | None:
    """The onset with the interval that holds it, or None."""
    found = views.onset
    if found is None:
        return None
    return {"at": encode(found.at), "from": encode(found.start), "to": encode(found.end)}


def hypothesis(cause: Any) -> dict[str, Any]:
    """A cause in the words of the contract: ``class``, ``for`` and ``against`` as evidence ids, and the items whole."""
    data = encode(cause)
    return {
        "id": cause.id,
        "statement": cause.statement,
        "class": cause.cause_class.value,
        "status": cause.status.value,
        "confidence": cause.confidence,
        "for": [item.ref for item in cause.supporting],
        "against": [item.ref for item in cause.against],
        "next_check": cause.next_check,
        "path": cause.path,
        "line": cause.line,
        "by": cause.by,
        "judged_by": cause.judged_by,
        "because": cause.because,
        "evidence": {"for": data["supporting"], "against": data["against"]},
    }


def _spot(spot: Hotspot, *names: str) -> dict[str, Any]:
    """Some fields of a hotspot, and whether words alone put it where it is."""
    return {name: encode(getattr(spot, name)) for name in names} | {"weak": is_weak(spot)}
