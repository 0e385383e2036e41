"""The JSON schemas of docs/schemas/: the top of each document by hand, every value type from its own annotations."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from workbench.analysis.writers.model import Written
from workbench.case.enums import Verdict
from workbench.case.intake import Intake
from workbench.case.model import GateResult, Hypothesis, LogError, Proof, Proposal, TestResult, TestRun
from workbench.case.plan import Plan
from workbench.case.state import Entry
from workbench.cli.doctor import Found
from workbench.engine.proof.bisect import Bisected
from workbench.engine.proof.stress import Stressed
from workbench.engine.reports.model import Said
from workbench.engine.store.library import CaseCard
from workbench.engine.views import Views

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT, NUMBER, COUNT, FLAG = (
    {"type": "string"},
    {"type": "number"},
    {"type": "integer", "minimum": 0},
    {"type": "boolean"},
)
NONE = {"type": "null"}
_Schema = dict[str, Any]


class Types:
    """Makes the schema of an annotation, and keeps those of the records that it names under ``$defs``."""

    def __init__(self) -> None:
        self.defs: dict[str, _Schema] = {}

    def of(self, annotation: Any) -> _Schema:
        """What :func:`workbench.case.codec.encode` makes of a value of ``annotation``."""
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return {"anyOf": [self.of(each) for each in arguments]}
        if origin is typing.Literal:
            return {"enum": list(arguments)}
        if origin is tuple and not (len(arguments) == 2 and arguments[1] is ...):
            items = [self.of(each) for each in arguments]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        if origin in (tuple, list, frozenset, Sequence):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        return self._plain(annotation)

    def _plain(self, annotation: Any) -> _Schema:
        if annotation is Any:
            return {}
        if annotation is float:
            return {"anyOf": [NUMBER, {"enum": ["inf", "-inf", "nan"]}]}
        known = {str: TEXT, int: {"type": "integer"}, bool: FLAG, type(None): NONE, datetime: _TIME}
        if annotation in known:
            return known[annotation]
        if issubclass(annotation, Enum):
            return {"enum": [each.value for each in annotation]}
        return self._record(annotation)

    def _record(self, kind: type) -> _Schema:
        name = kind.__name__
        if name not in self.defs:
            self.defs[name] = {}
            hints = typing.get_type_hints(kind)
            names = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else hints
            self.defs[name] = exactly({each: self.of(hints[each]) for each in names})
        return {"$ref": f"#/$defs/{name}"}


_TIME = {"type": "string", "format": "date-time"}


def exactly(properties: Mapping[str, _Schema], **optional: _Schema) -> _Schema:
    """An object with these keys, all of them, and no other but the ``optional``."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **optional},
        "additionalProperties": False,
    }


def many(schema: _Schema) -> _Schema:
    """A list of these."""
    return {"type": "array", "items": schema}


def or_null(schema: _Schema) -> _Schema:
    """One, or null."""
    return {"anyOf": [schema, NONE]}


def _view(kinds: Types, name: str) -> _Schema:
    return kinds.of(typing.get_type_hints(Views)[name])


_ONSET = or_null(exactly({"at": _TIME, "from": _TIME, "to": _TIME}))


def _spots(kinds: Types, *names: str) -> _Schema:
    hints = typing.get_type_hints(next(iter(typing.get_args(typing.get_type_hints(_ranking())["files"]))))
    return many(exactly({name: kinds.of(hints[name]) for name in names} | {"weak": FLAG}))


def _ranking() -> Any:
    from workbench.analysis.ranking import Ranking

    return Ranking


def _causes(kinds: Types) -> _Schema:
    hints = typing.get_type_hints(Hypothesis)
    kept = {name: kinds.of(hints[name]) for name in ("id", "statement", "status", "confidence", "next_check", "path",
            "line", "by", "judged_by", "because")}  # fmt: skip
    evidence = exactly({"for": kinds.of(hints["supporting"]), "against": kinds.of(hints["against"])})
    refs = {"class": kinds.of(hints["cause_class"]), "for": many(TEXT), "against": many(TEXT), "evidence": evidence}
    return many(exactly(kept | refs))


def _investigate(kinds: Types) -> _Schema:
    texts = ("case", "question", "repo", "commit", "deployed", "playbook", "tree", "thin_hint")
    views = (
        "findings",
        "debt",
        "sources",
        "patterns",
        "errors",
        "impact",
        "changes",
        "upstreams",
        "databases",
        "checks",
    )
    return exactly(
        dict.fromkeys(texts, TEXT)
        | {name: _view(kinds, name) for name in views}
        | {
            "release": _view(kinds, "deployed"),
            "metrics": _view(kinds, "series"),
            "map": exactly({"nodes": _view(kinds, "nodes"), "edges": _view(kinds, "edges")}),
            "inputs": kinds.of(dict[str, tuple[str, ...]]),
            "intake": kinds.of(tuple[Intake, ...]),
            "seconds": NUMBER,
            "masked": COUNT,
            "thin": FLAG,
            "files": _spots(kinds, "path", "caption", "score", "signals"),
            "symbols": _spots(kinds, "path", "qualname", "line", "end_line", "score", "signals"),
            "onset": _ONSET,
            "hypotheses": _causes(kinds),
        }
    )


def _logs(kinds: Types) -> _Schema:
    source = {"name": TEXT, "from": or_null(_TIME), "to": or_null(_TIME)}
    source |= dict.fromkeys(("records", "lines", "unreadable"), COUNT)
    source |= dict.fromkeys(("hosts", "denied", "notes"), many(TEXT))
    status = exactly({"status": COUNT, "count": COUNT, "share": NUMBER, "of": TEXT})
    views = {name: _view(kinds, name) for name in ("patterns", "errors", "impact")}
    sampled = or_null(exactly({"bytes": COUNT, "of": COUNT}))
    top = {"seconds": NUMBER, "sampled": sampled, "redacted": COUNT, "sources": many(exactly(source)), "onset": _ONSET}
    return exactly(top | views | {"statuses": many(status)})


def _test(kinds: Types) -> _Schema:
    run = kinds.of(TestRun)
    own = dict(kinds.defs["TestRun"]["properties"])
    del run
    return exactly(own | {"tests": kinds.of(tuple[TestResult, ...]), "outstanding": many(TEXT)})


def _whole(record: Any, **more: _Schema) -> Callable[[Types], _Schema]:
    """A record's own fields at the top of the document."""

    def make(kinds: Types) -> _Schema:
        kinds.of(record)
        return exactly(kinds.defs[record.__name__]["properties"] | more)

    return make


def _plan(kinds: Types) -> _Schema:
    kinds.of(Plan)
    return exactly(kinds.defs["Plan"]["properties"] | {"rules_yaml": TEXT, "dashboard": {"type": "object"}})


def _validate(kinds: Types) -> _Schema:
    kinds.of(GateResult)
    gate = exactly(kinds.defs["GateResult"]["properties"] | {"stale": FLAG})
    told = {"verdict": kinds.of(Verdict), "reasons": many(TEXT), "not_checked": many(TEXT), "tree": TEXT}
    return exactly(told | {"gates": many(gate), "plan": or_null(_plan(kinds))})


def _explain(kinds: Types) -> _Schema:
    row = dict.fromkeys(("id", "title", "version", "proposed", "why_not"), TEXT)
    row |= {"needs": many(TEXT), "missing": many(TEXT), "environment": many(TEXT), "limit": NUMBER}
    row |= dict.fromkeys(("applies", "required", "exclusive"), FLAG)
    return exactly({"tree": TEXT, "gates": many(exactly(row))})


def _plugins(kinds: Types) -> _Schema:
    texts = dict.fromkeys(("name", "kind", "title", "version", "from", "error"), TEXT)
    rest = {"status": {"enum": ["loaded", "not_available", "failed"]}, "needs": many(TEXT), "missing": many(TEXT)}
    return exactly({"plugins": many(exactly(texts | rest | {"seconds": NUMBER}))})


def _install(kinds: Types) -> _Schema:
    return exactly({"installed": many(TEXT), **_plugins(kinds)["properties"]})


def _report(kinds: Types) -> _Schema:
    section = exactly({"title": TEXT, "lines": many(kinds.of(Said))})
    told = {"case": TEXT, "kind": TEXT, "title": TEXT, "masked": COUNT, "sections": many(section)}
    return exactly(told, timeline=kinds.of(tuple[Entry, ...]), plan=or_null(_plan(kinds)))


def _stats(kinds: Types) -> _Schema:
    share = {"count": COUNT, "share": or_null(NUMBER), "of": TEXT}
    span = {"from": TEXT, "to": TEXT, "n": COUNT, "median": or_null(NUMBER), "longest": or_null(NUMBER)}
    row = {"case": TEXT, "question": TEXT, "phases": kinds.of(dict[str, datetime]), "proven": FLAG, "waived": COUNT,
           "refused": COUNT, "handovers": COUNT}  # fmt: skip
    reopened = exactly(share | {"cases": many(TEXT)})
    return exactly(
        {
            "cases": COUNT,
            "times": many(exactly(span | {"out_of_order": COUNT})),
            "proofs": exactly({"fixes_proven": exactly(share), "failed_first": exactly(share)}),
            "gates": exactly({"waived": COUNT, "unsafe_proposals_refused": COUNT}),
            "lasting": exactly({"reopened": reopened, "handovers": COUNT}),
            "rows": many(exactly(row)),
            "unread": many(TEXT),
        }
    )


DOCUMENTS: Mapping[str, tuple[str, Callable[[Types], _Schema]]] = {
    "investigate": ("investigate", _investigate),
    "logs": ("logs", _logs),
    "errors": ("errors", lambda kinds: exactly({"case": TEXT, "errors": kinds.of(tuple[LogError, ...])})),
    "test": ("test", _test),
    "stress": ("test --stress N", lambda kinds: exactly({"stressed": kinds.of(tuple[Stressed, ...])})),
    "write-test": ("write-test", _whole(Written, saved=FLAG)),
    "prove": ("prove", _whole(Proof)),
    "bisect": ("bisect", _whole(Bisected)),
    "fix": (
        "fix",
        lambda kinds: exactly({"case": TEXT, "proposals": kinds.of(tuple[Proposal, ...]), "said": many(TEXT)}),
    ),
    "needed": ("fix --needed", lambda kinds: exactly({"id": TEXT, "needed": many(TEXT), "of": COUNT})),
    "validate": ("validate", _validate),
    "explain": ("validate --explain", _explain),
    "plugins": ("plugins", _plugins),
    "install": ("install", _install),
    "report": ("report", _report),
    "stats": ("stats", _stats),
    "cases": ("cases", lambda kinds: exactly({"cases": kinds.of(tuple[CaseCard, ...])})),
    "doctor": ("doctor", lambda kinds: exactly({"found": kinds.of(tuple[Found, ...])})),
}
"""By the name of its file: the words of the command line, and what makes the schema of what they print."""


def written(name: str) -> str:
    """The text of ``docs/schemas/NAME.schema.json``."""
    command, make = DOCUMENTS[name]
    kinds = Types()
    top = make(kinds)
    top["required"] = ["schema", *top["required"]]
    top["properties"] = {"schema": {"const": 1}, **top["properties"]}
    document = {"$schema": DRAFT, "title": f"workbench {command} --format json", **top}
    return json.dumps(document | ({"$defs": kinds.defs} if kinds.defs else {}), indent=1) + "\n"
