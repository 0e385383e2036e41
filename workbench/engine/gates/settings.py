"""What the settings say of each gate under ``gates.NAME``: ``enabled``, ``required``, ``timeout`` and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.engine.config.read import Config

LIMIT = 1800.0
"""Seconds one gate may take, unless it or the settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How one gate is held: whether it runs, whether the verdict rests on it, its limit in seconds, what its main
    figure may be at most (None: what the gate itself says), whether nothing else may run beside it, and what is to be
    installed in an environment of its own, from which its tools are taken."""

    enabled: bool = True
    required: bool = True
    limit: float = LIMIT
    threshold: float | None = None
    exclusive: bool = False
    environment: tuple[str, ...] = ()


def rules_of(config: Config, name: str, gate: Any) -> Rules:
    """The rules for ``gate``: what the settings say before what it says itself."""

    def said(key: str, default: Any) -> Any:
        return config.get(f"gates.{name}.{key}", default)

    return Rules(
        enabled=said("enabled", getattr(gate, "enabled", True)),
        required=said("required", getattr(gate, "required", True)),
        limit=float(said("timeout", getattr(gate, "limit", LIMIT))),
        threshold=said("threshold", None),
        exclusive=getattr(gate, "exclusive", False),
        environment=tuple(said("environment", ())),
    )
