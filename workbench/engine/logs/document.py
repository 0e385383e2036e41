"""The JSON document of ``workbench logs``. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from workbench.analysis.logs.digest.answers import answers
from workbench.analysis.redact import redact_data
from workbench.case.codec import encode
from workbench.case.logs import Onset, SourceFacts
from workbench.engine.logs.reading import Reading

SCHEMA = 1


def document(reading: Reading, seconds: float) -> dict[str, Any]:
    """What ``workbench logs --format json`` prints; ``seconds`` is how long it took. Secrets are out of it."""
    said = reading.digest
    told, redacted = redact_data(
        {
            "sources": [_source(source) for source in reading.sources],
            "patterns": encode(said.patterns),
            "errors": encode(said.errors),
            "onset": _onset(said.onset),
            "impact": encode(said.impact),
            "statuses": _statuses(answers(reading.table)),
        }
    )
    return {
        "schema": SCHEMA,
        "seconds": round(seconds, 3),
        "sampled": {"bytes": reading.sampled, "of": reading.size} if reading.sampled else None,
        "redacted": redacted,
        **told,
    }


def _statuses(counts: Counter[str]) -> list[dict[str, Any]]:
    total = sum(counts.values())
    return [
        {"status": int(status), "count": count, "share": count / total, "of": f"{total} requests"}
        for status, count in sorted(counts.items())
    ]


def _source(source: SourceFacts) -> dict[str, Any]:
    data = encode(source)
    return {"name": data["name"], "hosts": data["hosts"], "from": data["start"], "to": data["end"]} | {
        name: data[name] for name in ("records", "lines", "unreadable", "denied", "notes")
    }


def _onset(found: Onset | None) -> dict[str, Any] | None:
    return {"at": encode(found.at), "from": encode(found.start), "to": encode(found.end)} if found else None
