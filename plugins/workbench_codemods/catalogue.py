"""Which codemod mends which rules. ``RULES`` are ids of our own rules and of ruff's."""

from __future__ import annotations

from collections.abc import Mapping

CODEMODS: Mapping[str, str] = {
    "conditional-update": "check and act in one conditional update, in a transaction",
    "get-or-create": "look up and create in one step",
    "f-expression": "let the database count",
    "whole-key": "a cache key of all of the secret, hashed",
    "timeout": "give up on an answer that does not come",
    "raise-from": "keep the cause of an exception that is raised for another",
    "traceback": "log an exception with its traceback",
    "aware-now": "the time now, with its zone",
    "monotonic": "measure durations by a clock that is never set",
    "bound-sql": "hand values to the database beside the statement",
    "bounded-retry": "try a few times, with growing pauses of random length",
    "idempotency-key": "the same key for every attempt",
    "circuit-breaker": "stop calling a peer that is down",
    "fallback": "log and count the fallback",
    "on-commit": "after the commit",
    "savepoint": "a savepoint for what may fail",
    "with-lock": "hold the lock by with",
}
"""Name of each codemod and its title; the module has the same name with underscores."""

RULES: Mapping[str, frozenset[str]] = {
    "conditional-update": frozenset({"WB101"}),
    "get-or-create": frozenset({"WB101"}),
    "f-expression": frozenset({"WB102"}),
    "whole-key": frozenset({"WB111"}),
    "timeout": frozenset({"WB104", "S113"}),
    "raise-from": frozenset({"B904"}),
    "traceback": frozenset({"WB105", "BLE001"}),
    "aware-now": frozenset({"WB208", "DTZ003", "DTZ005"}),
    "monotonic": frozenset({"WB202"}),
    "bound-sql": frozenset({"WB207", "S608"}),
    "bounded-retry": frozenset({"WB107"}),
    "idempotency-key": frozenset({"WB201"}),
    "circuit-breaker": frozenset({"WB104", "WB107"}),
    "fallback": frozenset({"WB105", "S110", "S112"}),
    "on-commit": frozenset({"WB109"}),
    "savepoint": frozenset({"WB110"}),
    "with-lock": frozenset({"WB203"}),
}
