"""When to roll back: thresholds from what the gates measured; a default says that it is one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.analysis.plan.facts import Facts, named
from workbench.analysis.plan.metrics import Chosen
from workbench.case.plan import Trigger

SLOWER = 1.5
"""Times the 95th percentile that the load gate measured."""
MOST = 5
"""Error families that are watched."""
ROLL_BACK = "roll back"


def triggers_of(facts: Facts, chosen: Mapping[str, Chosen]) -> tuple[Trigger, ...]:
    """(metric, query, comparator, threshold, window, minimum sample, action, owner) for each thing to watch."""
    return (
        *_families(facts),
        *_failures(facts, chosen["requests"]),
        *_latency(facts, chosen["latency"]),
        *_pool(facts, chosen["pool"]),
    )


def _families(facts: Facts) -> Iterator[Trigger]:
    """An error that the fix is for must not come back: not once while enough requests (or records) were seen."""
    for error in facts.errors[:MOST]:
        mark = error.fingerprint or error.id
        yield Trigger(
            f"again-{mark}",
            named(error),
            "logs",
            f"error:{mark}",
            ">",
            0.0,
            300.0,
            1,
            ROLL_BACK,
            facts.owner,
            note=f"it was there {error.count} times before the fix",
        )


def _failures(facts: Facts, metric: Chosen) -> Iterator[Trigger]:
    measured = facts.figure("load", "500s")
    requests = facts.gates["load"].examined if "load" in facts.gates else 0
    share = max(0.01, 2 * measured / requests) if measured is not None and requests else 0.01
    gate = "load" if measured is not None and requests and share > 0.01 else ""
    note = "" if gate else "a default: 1 %"
    yield Trigger(
        "failures",
        "share of requests answered 5xx",
        "logs",
        "status:5xx",
        ">",
        share,
        300.0,
        200,
        ROLL_BACK,
        facts.owner,
        gate,
        note,
    )
    if not metric.missing:
        bad = f'{metric.name}{{{metric.status}=~"5.."}}'
        query = f"sum(rate({bad}[5m])) / sum(rate({metric.name}[5m]))"
        yield Trigger(
            "failures-metric",
            "share of requests answered 5xx",
            "prometheus",
            query,
            ">",
            share,
            300.0,
            2,
            ROLL_BACK,
            facts.owner,
            gate,
            note,
        )


def _latency(facts: Facts, metric: Chosen) -> Iterator[Trigger]:
    """Only where something was measured: a limit on a time that nobody measured would be invented."""
    p95 = facts.figure("load", "p95")
    if p95 is None:
        return
    query = f"histogram_quantile(0.95, sum by (le) (rate({metric.name}[5m])))"
    note = f"{SLOWER:g} times the p95 of the load gate" + (f"; no such metric: {metric.name}" if metric.missing else "")
    yield Trigger(
        "p95",
        "95th percentile of the latency, s",
        "prometheus",
        query,
        ">",
        round(SLOWER * p95, 6),
        600.0,
        2,
        ROLL_BACK,
        facts.owner,
        "load",
        note,
    )


def _pool(facts: Facts, metric: Chosen) -> Iterator[Trigger]:
    if "wait" not in metric.name:
        return
    note = f"no such metric: {metric.name}" if metric.missing else ""
    yield Trigger(
        "pool",
        "waits for a connection",
        "prometheus",
        f"max({metric.name})",
        ">",
        0.0,
        300.0,
        2,
        ROLL_BACK,
        facts.owner,
        note=note,
    )
