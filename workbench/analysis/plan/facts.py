"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.case.logs import LogError
from workbench.case.model import GateResult
from workbench.case.plan import UNTRIED, Rehearsal, Window

MESSAGE = 80
"""Characters of an error's message that name it."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One schema change that the change brings. ``adds`` and ``removes`` name fields and tables; ``before`` says that
    it must run before the code, ``previous`` is what the schema is taken back to. ``tool`` is django, alembic, or empty
    where nobody knows what runs it."""

    path: str
    app: str
    name: str
    previous: str
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    tool: str = ""

    @property
    def forward(self) -> str:
        """The command that brings the schema here; empty where none is known."""
        return self._command("upgrade", self.name)

    @property
    def back(self) -> str:
        """The command that takes it back."""
        return self._command("downgrade", self.previous)

    def _command(self, verb: str, to: str) -> str:
        known = {"django": f"python manage.py migrate {self.app} {to}", "alembic": f"alembic {verb} {to}"}
        return known.get(self.tool, "")

    @property
    def before(self) -> bool:
        """Code that needs a column must find it; code that still reads one must be gone before the column."""
        return not self.removes


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests of a usual day by its hours (UTC), how many seconds the log covers, how many requests it has in all."""

    hours: tuple[float, ...] = ()
    seconds: float = 0.0
    requests: int = 0

    @property
    def rate(self) -> float | None:
        """Requests a second; None where no request is logged."""
        return self.requests / self.seconds if self.requests and self.seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was found out. ``metrics`` maps a metric's name to its labels, for those that the code, /metrics
    or Prometheus has; ``flags`` are (name, place) of switches that the change brings; ``services`` in their order."""

    tree: str
    base: str
    verdict: str
    owner: str
    migrations: tuple[Migration, ...] = ()
    dependencies: tuple[str, ...] = ()
    configuration: tuple[str, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    services: tuple[str, ...] = ()
    traffic: Traffic = Traffic()
    window: Window | None = None
    gates: Mapping[str, GateResult] = field(default_factory=dict)
    errors: tuple[LogError, ...] = ()
    metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rollback: Rehearsal = UNTRIED

    def figure(self, gate: str, name: str) -> float | None:
        """What a gate measured on this tree; None where it did not."""
        result = self.gates.get(gate)
        if result is None or result.tree != self.tree:
            return None
        return next((figure.value for figure in result.figures if figure.name == name), None)


def named(error: LogError) -> str:
    """An error in a few words: its type and place, its message where it has no place."""
    if error.place:
        return f"{error.name} at {error.place.path}:{error.place.line}"
    return f"{error.name}: {' '.join(error.message.split())[:MESSAGE]}" if error.message else error.name
