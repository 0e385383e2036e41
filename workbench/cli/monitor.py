"""``workbench monitor CASE``: the plan's triggers, live, after the deploy."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import signal
import time
from pathlib import Path

from workbench.analysis.plan.make import edited
from workbench.analysis.plan.watching import ended
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.plan import Monitored, Plan, Watched
from workbench.case.state import CaseState
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, say
from workbench.cli.picking import picked
from workbench.engine.logs.following import Follower
from workbench.engine.logs.lens import lens_for
from workbench.engine.logs.live import growing
from workbench.engine.monitoring import Monitor, commands_of, now
from workbench.engine.options import Options, from_arguments
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import library_of

LOOK = 0.5
"""Seconds between two looks."""
SETTLED, MANY = 6, 5000
"""Looks with fewer new lines than this after which the old part of a log has been read."""
GLYPHS = {"tripped": "✘", "near": "▲", "holding": "✔", "no_data": "?"}
_EXITS = {"recovered": GOOD, "rolled_back": BAD, "inconclusive": COULD_NOT_TELL}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb: 0 recovered, 1 rolled back, 3 inconclusive."""
    parser = verb_parser("monitor", "Watch a deploy by the triggers of its plan.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--log", action="append", default=[], metavar="SOURCE", help="default: the sources of the case")
    parser.add_argument("--metrics", default="", metavar="URL", help="Prometheus: http://HOST:9090 or env:NAME")
    parser.add_argument("--for", dest="period", type=float, default=0, metavar="SECONDS", help="default: the plan's")
    parser.add_argument("--rolled-back", action="store_true", help="say that it was rolled back, and end")
    parser.add_argument("--format", choices=("text", "jsonl"), default="text")
    arguments = parser.parse_args(argv)
    options = from_arguments(arguments)
    found = picked(options, arguments.of)
    if isinstance(found, int):
        return found
    state = found.state
    if state.plan is None:
        fail("no plan was made yet", todo="workbench validate makes one")
        return COULD_NOT_TELL
    sources = arguments.log or list(state.log_sources)
    if not sources and not arguments.metrics and not arguments.rolled_back:
        fail("there is nothing to watch", todo="give --log SOURCE or --metrics URL")
        return WRONG_USAGE
    return asyncio.run(_monitor(arguments, options, state, edited(state.plan, state.plan_edits), sources))


async def _monitor(
    arguments: argparse.Namespace, options: Options, state: CaseState, plan: Plan, sources: list[str]
) -> int:
    library = library_of(options)
    journal = await Journal.open(lambda: library.store(state.id))
    run_id, started = secrets.token_hex(6), now()
    try:
        await journal.append(new_event("monitor.started", options.actor, {"sources": sources}, run_id))
        watched: list[Watched] = []
        if not arguments.rolled_back:
            watched = await _watch(arguments, state, plan, sources)
        outcome = ended(watched, started, now(), arguments.rolled_back)
        await journal.append(new_event("monitor.finished", options.actor, {"monitor": encode(outcome)}, run_id))
    finally:
        await journal.close()
    _end(outcome, arguments.format)
    return _EXITS[outcome.outcome]


async def _watch(arguments: argparse.Namespace, state: CaseState, plan: Plan, sources: list[str]) -> list[Watched]:
    """Look until the period is over or Ctrl-C; gives where the triggers stood. One that tripped stays so."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    until = time.monotonic() + (arguments.period or plan.period)
    tripped: dict[str, Watched] = {}
    last: list[Watched] = []
    async with growing(sources, arguments) as (followed, denied):
        for sentence in denied:
            fail(f"not seen: {sentence}")
        lens = await asyncio.to_thread(lens_for, state.repo if Path(state.repo).is_dir() else "", state.question, None)
        follower = Follower(followed, lens)
        await _catch_up(follower)
        monitor = Monitor(plan, state, follower, arguments.metrics)
        while True:
            seen = await asyncio.to_thread(monitor.look, now())
            tripped.update({each.trigger: each for each in seen if each.state == "tripped"})
            _tell(seen, last, plan, arguments.format)
            last = seen
            if stop.is_set() or time.monotonic() >= until:
                break
            await asyncio.sleep(LOOK)
    if stop.is_set():
        return [tripped.get(each.trigger, _cut(each)) for each in last]
    return [tripped.get(each.trigger, each) for each in last]


async def _catch_up(follower: Follower) -> None:
    """Read what was there before: only what comes from now on is after the deploy."""
    looks = 0
    while looks < SETTLED:
        news = await asyncio.to_thread(follower.look)
        looks = looks + 1 if news.lines < MANY else 0
        await asyncio.sleep(LOOK / 10)


def _cut(each: Watched) -> Watched:
    """A watch that was stopped early has not held to the end."""
    return (
        each if each.state == "tripped" else Watched(each.trigger, "no_data", each.value, each.before, each.n, each.at)
    )


def _tell(seen: list[Watched], last: list[Watched], plan: Plan, form: str) -> None:
    """What changed since the last look, and what to do when something tripped."""
    before = {each.trigger: each.state for each in last}
    names = {each.id: each for each in plan.triggers}
    for each in seen:
        if before.get(each.trigger) == each.state:
            continue
        back = list(commands_of(plan, [each]))
        if form == "jsonl":
            print(json.dumps({"event": "trigger", **encode(each), "rollback": back}), flush=True)
            continue
        value = "no data" if each.value is None else f"{each.value:g}"
        old = "not measured" if each.before is None else f"{each.before:g}"
        trigger = names[each.trigger]
        limit = f"{trigger.comparator} {trigger.threshold:g}"
        said = f"{GLYPHS[each.state]} {each.state.replace('_', ' '):8} {trigger.metric}: {value}, before {old}"
        say(f"{each.at:%H:%M:%S}  {said}  (trips {limit}, n={each.n})")
        for command in back:
            say(f"          roll back, rehearsed: {command}")
        if each.state == "tripped" and not back:
            say(f"          no roll-back was rehearsed: {plan.rollback.reason}")


def _end(outcome: Monitored, form: str) -> None:
    if form == "jsonl":
        print(json.dumps({"event": "ended", **encode(outcome)}), flush=True)
    else:
        say(f"{outcome.outcome.replace('_', ' ').upper()}: {outcome.reason}")
