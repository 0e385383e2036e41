"""``workbench monitor CASE``: the plan's triggers, live, after the deploy."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
from collections.abc import Sequence
from pathlib import Path

from workbench.analysis.plan.edits import edited
from workbench.analysis.plan.watching import ended
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.plan import Monitored, Plan, Watched
from workbench.case.state import CaseState
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, print_event, say
from workbench.cli.picking import picked
from workbench.engine.logs.following import Follower
from workbench.engine.logs.formats import formats_here
from workbench.engine.logs.lens import lens_for
from workbench.engine.logs.live import growing
from workbench.engine.logs.sources import file_feed, is_file
from workbench.engine.monitoring import Monitor, commands_of, now
from workbench.engine.options import Options, from_arguments
from workbench.engine.planning.available import base_of
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import library_of
from workbench.engine.trust import Trust
from workbench.engine.watching import Watch, catch_up

GLYPHS = {"tripped": "✘", "near": "▲", "holding": "✔", "no_data": "?"}
_EXITS = {"recovered": GOOD, "rolled_back": BAD, "inconclusive": COULD_NOT_TELL}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb: 0 recovered, 1 rolled back, 3 inconclusive."""
    parser = verb_parser("monitor", "Watch a deploy by the triggers of its plan.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--log", action="append", default=[], metavar="SOURCE", help="default: the sources of the case")
    parser.add_argument(
        "--metrics", default="", metavar="URL", help="Prometheus: http://HOST:9090 or env:NAME (default: the case's)"
    )
    parser.add_argument("--for", dest="period", type=float, default=0, metavar="SECONDS", help="default: the plan's")
    parser.add_argument("--rolled-back", action="store_true", help="say that it was rolled back, and end")
    parser.add_argument("--format", choices=("text", "jsonl"), default="text")
    parser.add_argument("--attended", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    options = from_arguments(arguments)
    state = picked(options, arguments.of).state
    if state.plan is None:
        fail("no plan was made yet", todo="workbench validate makes one")
        return COULD_NOT_TELL
    sources = arguments.log or list(state.log_sources)
    arguments.metrics = arguments.metrics or _prometheus(state)
    if not sources and not arguments.metrics and not arguments.rolled_back:
        fail("there is nothing to watch", todo="give --log SOURCE or --metrics URL")
        return WRONG_USAGE
    return asyncio.run(_monitor(arguments, options, state, edited(state.plan, state.plan_edits), sources))


def _prometheus(state: CaseState) -> str:
    """The Prometheus that the case was pointed at; empty for none."""
    bases = (base_of(source) for source in state.inputs.get("metrics", ()))
    return next((base for base in bases if base and not base.endswith("/metrics")), "")


async def _monitor(
    arguments: argparse.Namespace, options: Options, state: CaseState, plan: Plan, sources: list[str]
) -> int:
    library = library_of(options)
    journal = await Journal.open(lambda: library.store(state.id))
    run_id, started = secrets.token_hex(6), now()
    watch = Watch(arguments.period or plan.period, rolled_back=arguments.rolled_back)
    try:
        await journal.append(new_event("monitor.started", options.actor, {"sources": sources}, run_id))
        watched = [] if watch.rolled_back else await _watch(arguments, state, plan, sources, watch)
        outcome = ended(watched, started, now(), watch.rolled_back, plan.triggers)
        await journal.append(new_event("monitor.finished", options.actor, {"monitor": encode(outcome)}, run_id))
    finally:
        await journal.close()
    _end(outcome, arguments.format)
    return _EXITS[outcome.outcome]


async def _watch(
    arguments: argparse.Namespace, state: CaseState, plan: Plan, sources: list[str], watch: Watch
) -> list[Watched]:
    """Look until the period is over, Ctrl-C, or what the one who attends says."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, watch.stop.set)
    if arguments.attended:
        loop.add_reader(0, _obey, watch, loop)
    last: list[Watched] = []
    unseen: list[str] = []

    def told(seen: Sequence[Watched], left: float) -> None:
        _tell(seen, last, plan, arguments.format)
        if arguments.attended:
            stands = {"watched": [encode(each) for each in seen], "left": left}
            print_event({"event": "stands", **stands, "unseen": unseen})
        last[:] = seen

    options = from_arguments(arguments)
    named = bool(arguments.log) or options.trust
    trusted = named or await asyncio.to_thread(Trust(options.data).is_trusted, Path(state.repo))
    async with growing(sources, arguments, trusted) as (followed, denied):
        unseen += [
            *denied,
            *map("{} is not there: it is waited for".format, await asyncio.to_thread(_missing, sources)),
        ]
        for sentence in unseen:
            fail(
                f"not seen: {sentence}", "what else there is is watched", "see that source alone: workbench logs SOURCE"
            )
        lens = await asyncio.to_thread(lens_for, state.repo if Path(state.repo).is_dir() else "", state.question, None)
        formats = await asyncio.to_thread(formats_here, arguments)
        follower = Follower(followed, lens, formats.known)
        await catch_up(follower)
        monitor = await asyncio.to_thread(Monitor, plan, state, follower, arguments.metrics)
        return await watch.run(monitor, told)


def _missing(sources: Sequence[str]) -> list[str]:
    """The plain paths that name no file."""
    return [each for each in sources if is_file(each) and each != "-" and not file_feed(each).files]


def _obey(watch: Watch, loop: asyncio.AbstractEventLoop) -> None:
    """What the one who attends says: to stop, or that it was rolled back; nobody attends any more when it ends."""
    said = os.read(0, 4096)
    if b"rolled_back" in said:
        watch.take_back()
    elif not said or b"stop" in said:
        watch.stop.set()
    if watch.stop.is_set():
        loop.remove_reader(0)


def _tell(seen: Sequence[Watched], last: Sequence[Watched], plan: Plan, form: str) -> None:
    """What changed since the last look, and what to do when something tripped."""
    before = {each.trigger: each.state for each in last}
    names = {each.id: each for each in plan.triggers}
    for each in seen:
        if before.get(each.trigger) == each.state:
            continue
        back = list(commands_of(plan, [each]))
        if form == "jsonl":
            print_event({"event": "trigger", **encode(each), "rollback": back})
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
        print_event({"event": "ended", **encode(outcome)})
    else:
        say(f"{outcome.outcome.replace('_', ' ').upper()}: {outcome.reason}")
