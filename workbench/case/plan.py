"""Value types of what follows the fix: the deployment plan, how it is taken back, and what watches it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the deployment, in its order. ``seconds`` is as ``gate`` measured it, None where nothing did.

    ``kind``: window, before (what must run before the code), flag, deploy, canary, after.
    """

    id: str
    kind: str
    text: str
    command: str = ""
    seconds: float | None = None
    gate: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the day (hours UTC, ``start`` up to ``end``) with the fewest requests, 0..1 of ``of``."""

    start: int
    end: int
    share: float
    requests: int
    of: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A roll-back that was tried in a worktree. ``status``: rehearsed, failed or not_rehearsed; ``reason`` says why.

    ``commands`` are exact; ``passed`` of ``ran`` tests of base passed on what was left behind; ``lost`` names what is
    gone after it; ``schema`` says which database schema the suite met.
    """

    status: str
    reason: str
    commands: tuple[str, ...] = ()
    seconds: float | None = None
    ran: int | None = None
    passed: int | None = None
    schema: str = ""
    lost: tuple[str, ...] = ()
    base: str = ""
    head: str = ""


UNTRIED = Rehearsal("not_rehearsed", "it was not tried")


@dataclass(frozen=True, slots=True)
class Trigger:
    """When to roll back: ``metric`` by ``query``, compared with ``threshold`` over ``window`` seconds, once there are
    ``minimum`` samples. ``source`` is logs or prometheus; ``gate`` measured the threshold, empty where it is a default.
    """

    id: str
    metric: str
    source: str
    query: str
    comparator: str
    threshold: float
    window: float
    minimum: int
    action: str
    owner: str
    gate: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One Prometheus rule. ``about`` is one of the five things watched; ``missing`` names metrics that nothing has."""

    name: str
    about: str
    expr: str
    alert: bool = True
    wait: str = ""
    summary: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one change. ``period`` is how long it is watched, in seconds; ``promtool`` what that program said of
    the rules; ``not_measured`` what no gate measured."""

    tree: str
    base: str
    verdict: str
    steps: tuple[PlanStep, ...] = ()
    window: Window | None = None
    rollback: Rehearsal = UNTRIED
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    promtool: str = ""
    period: float = 1800.0
    not_measured: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """How one trigger ended: ``state`` is holding, near, tripped or no_data, never ok; ``before`` is the same figure
    before the deploy; ``n`` is what ``value`` rests on."""

    trigger: str
    state: str
    value: float | None
    before: float | None
    n: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Monitored:
    """One watch after a deploy. ``outcome``: recovered, rolled_back or inconclusive."""

    outcome: str
    reason: str
    started: datetime
    seconds: float
    watched: tuple[Watched, ...] = ()
