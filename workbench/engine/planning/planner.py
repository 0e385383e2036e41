"""Finding out what a plan rests on, and journaling the plan."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.plan import changes
from workbench.analysis.plan.facts import Facts, Migration, Traffic
from workbench.analysis.plan.make import make_plan
from workbench.analysis.plan.metrics import choose, in_code
from workbench.analysis.plan.migrations import is_migration, migrations_of
from workbench.analysis.verdict import judge
from workbench.api import Chunk
from workbench.case.codec import encode
from workbench.case.enums import Trend, TriageState
from workbench.case.events import new_event
from workbench.case.grouping import regrouped
from workbench.case.logs import FeedFile, LogError
from workbench.case.plan import Plan
from workbench.engine.logs.formats import formats_of
from workbench.engine.logs.sources import file_feed, is_file
from workbench.engine.planning.available import from_sources
from workbench.engine.planning.promtool import checked
from workbench.engine.planning.rehearse import rehearse
from workbench.engine.proof.change import CodeChange
from workbench.engine.repo.trees import Trees
from workbench.engine.services import Services
from workbench.engine.validate import Validation
from workbench.engine.views import merged

COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
FILES, LARGEST = 3000, 1 << 20
"""Source files that are looked through for metrics at most, and bytes of one."""


async def plan_change(validation: Validation) -> Plan:
    """Make the plan of the change under validation, journal it, and give it. Raises GitError."""
    services, change = validation.services, validation.change
    assert services.trees is not None
    state = services.journal.state
    files = await asyncio.to_thread(_files, services.trees, change)
    gates = dict(state.gates)
    traffic = await _traffic(services, state.log_sources)
    code, asked = await asyncio.gather(
        asyncio.to_thread(_metrics, services.trees, change.head),
        from_sources(services, state.inputs.get("metrics", ())),
    )
    paths = [each.path for each in change.paths]
    facts = Facts(
        tree=change.head,
        base=change.base,
        verdict=judge(tuple(gates.values()), change.head).verdict.value if gates else "",
        owner=state.driver or services.options.actor,
        migrations=files,
        dependencies=changes.dependencies_of(paths),
        configuration=changes.configuration_of([path for path in paths if not is_migration(path)]),
        flags=changes.flags_of(validation.subject.diff),
        services=await asyncio.to_thread(_services, services.trees, change.head),
        traffic=traffic,
        window=changes.window_of(traffic),
        gates=gates,
        errors=_errors(services),
        metrics={**code, **asked},
        rollback=await rehearse(validation, files),
    )
    plan = make_plan(facts)
    plan = replace(plan, promtool=await checked(services.work, plan.rules, choose(facts.metrics), state.id))
    await services.journal.append(new_event("plan.made", services.options.actor, {"plan": encode(plan)}))
    return plan


def _files(trees: Trees, change: CodeChange) -> tuple[Migration, ...]:
    added = [each.path for each in change.paths if each.status == "A" and is_migration(each.path)]
    texts = {path: (trees.read(change.head, path) or b"").decode("utf-8", "replace") for path in added}
    return migrations_of(texts, trees.paths(change.base)) if texts else ()


def _services(trees: Trees, head: str) -> tuple[str, ...]:
    for name in COMPOSE:
        data = trees.read(head, name)
        if data is not None:
            return changes.services_of(data.decode("utf-8", "replace"))
    return ()


def _metrics(trees: Trees, head: str) -> dict[str, tuple[str, ...]]:
    """The metrics that head's Python makes; a file without the client's name is not parsed."""
    texts = []
    for path in [path for path in trees.paths(head) if path.endswith(".py")][:FILES]:
        data = trees.read(head, path) or b""
        if b"prometheus" in data and len(data) <= LARGEST:
            texts.append(data.decode("utf-8", "replace"))
    return in_code(texts)


def _errors(services: Services) -> tuple[LogError, ...]:
    """The error families of this case: those judged relevant, else the new and risen ones."""
    state = services.journal.state
    errors = regrouped(merged(state).errors, state.groupings)
    judged = {name: made.state for name, made in state.triage.items()}
    relevant = tuple(each for each in errors if judged.get(each.fingerprint or each.id) is TriageState.RELEVANT)
    if relevant:
        return relevant
    noise = (TriageState.NOISE, TriageState.KNOWN)
    fresh = [each for each in errors if judged.get(each.fingerprint or each.id) not in noise]
    return tuple(each for each in fresh if each.trend in (Trend.NEW, Trend.RISEN))


async def _traffic(services: Services, sources: Sequence[str]) -> Traffic:
    stretches: list[tuple[float, float, int]] = []
    formats = await asyncio.to_thread(formats_of, services.plugins)
    for source in sources:
        if is_file(source):
            for file in formats.on(file_feed(source)).files:
                stretches += await services.pool.run_chunk(Chunk(requests_of, (file,), timeout=120))
    return changes.traffic_of(stretches)


def requests_of(file: FeedFile) -> list[tuple[float, float, int]]:
    """For a worker: (start, end, requests) of the stretches of a log; nothing for what cannot be read."""
    from workbench.analysis.logs.scan.part import scan_whole, survey

    try:
        found, _ = survey(file.path, given=file.formats)
        table = scan_whole(found, False).finish()
    except OSError:
        return []
    return [(each.start, each.end, each.requests) for each in table.segments if each.requests]
