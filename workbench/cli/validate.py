"""``workbench validate``: the gates, and the verdict that is derived from them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from workbench.analysis.verdict import judge
from workbench.case.enums import Verdict
from workbench.case.events import new_event
from workbench.case.model import GateResult
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.gate_explain import explain
from workbench.cli.gate_formats import FORMATS, write_judgement
from workbench.cli.opening import opened
from workbench.cli.output import aside, fail, say
from workbench.cli.picking import going_on
from workbench.cli.progress import Progress
from workbench.engine.gates.budget import Budget, by_worth, seconds_of
from workbench.engine.options import from_arguments
from workbench.engine.planning.document import plan_document
from workbench.engine.planning.planner import plan_change
from workbench.engine.plugins import Registered
from workbench.engine.session import Session
from workbench.engine.validate import Validation, gates_of, unknown_gates, validation_of

_EXITS = {Verdict.READY: GOOD, Verdict.NOT_READY: BAD, Verdict.INCONCLUSIVE: COULD_NOT_TELL}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 ready, 1 not ready, 3 could not tell."""
    arguments = _parser(common).parse_args(argv)
    return asyncio.run(_validate(arguments))


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    parser = verb_parser(
        "validate", "Judge a change by its gates: ready, not ready, or what could not be told.", common
    )
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--base", default="", metavar="REV", help="what the change is against")
    parser.add_argument("--head", default="", metavar="REV", help="a commit in place of the working tree")
    only = "only this gate, the others count as not run; may be repeated"
    parser.add_argument("--gate", action="append", default=[], metavar="G", help=only)
    parser.add_argument("--budget", default="", metavar="T", help="90s, 10m or 1h: the gates first that matter most")
    confirm = "this host of load.host may be loaded; without it nothing but this machine is"
    parser.add_argument("--confirm-host", action="append", default=[], metavar="HOST", help=confirm)
    parser.add_argument("--explain", action="store_true", help="say which gates apply, why, and what each needs")
    parser.add_argument("--approve", action="store_true", help="approve the tree as it stands, by your name")
    parser.add_argument("--format", choices=FORMATS, default="text")
    return parser


async def _validate(arguments: argparse.Namespace) -> int:
    budget = seconds_of(arguments.budget) if arguments.budget else None
    options = await asyncio.to_thread(going_on, Path(arguments.repo), from_arguments(arguments))
    session = await opened(arguments, options)
    try:
        try:
            gates = gates_of(session.services, arguments.gate)
        except KeyError as unknown:
            fail(f"there is no gate {unknown}", todo="workbench plugins lists them")
            return WRONG_USAGE
        for name in unknown_gates(session.services):
            aside(f"▲ gates.{name}: there is no such gate: passed over")
        asked = (arguments.base, arguments.head, arguments.gate, arguments.confirm_host)
        async with validation_of(session.services, *asked) as validation:
            if arguments.explain:
                return explain(validation, gates, arguments.format)
            if arguments.approve:
                return await _approve(session, validation)
            results = await _run(validation, gates, budget)
            tree = validation.change.head
            if not arguments.gate and budget is None:
                with Progress("the plan is made: the way back is tried"):
                    await plan_change(validation)
        judgement = judge(results, tree, datetime.now(UTC))
        made = session.state.plan
        told = plan_document(session.state) if made is not None and made.tree == tree else None
        write_judgement(arguments.format, results, judgement, tree, told)
        if arguments.format == "text":
            say(_planned(session, told is not None))
        return _EXITS[judgement.verdict]
    finally:
        await session.close()


def _planned(session: Session, made: bool) -> str:
    """What there is of a plan, in a line."""
    plan = session.state.plan
    if not made or plan is None:
        return "no plan: it is made when every gate is run, without --gate and --budget"
    steps, triggers, back = len(plan.steps), len(plan.triggers), plan.rollback.status.replace("_", " ")
    told = f"{steps} steps, roll-back {back}, {triggers} triggers"
    return f"plan: {told}; workbench report {session.state.id} --as plan"


async def _run(validation: Validation, gates: list[Registered], budget: float | None) -> list[GateResult]:
    """What the gates say, and that those which nobody asked for did not run."""
    services, progress = validation.services, Progress()
    if budget is not None:
        required = {gate.name: await asyncio.to_thread(validation.is_required, gate) for gate in gates}
        order = by_worth([*required], required.__getitem__, services.journal.state.gates)
        gates = sorted(gates, key=lambda gate: order.index(gate.name))
    under_way: dict[str, str] = {}
    ended: list[str] = []

    def show() -> None:
        progress.show(f"{len(ended)} of {len(gates)} gates  {'  '.join(under_way.values())}")

    def began(gate: str) -> None:
        under_way[gate] = gate
        show()

    def advanced(gate: str, done: int, of: int) -> None:
        under_way[gate] = f"{gate} {done}/{of}"
        show()

    def told(result: GateResult) -> None:
        under_way.pop(result.id, None)
        ended.append(result.id)
        show()

    with progress:
        results = await validation.run(gates, told, began, advanced, Budget(budget))
    asked = {gate.name for gate in gates}
    others: Sequence[Registered] = [gate for gate in gates_of(services) if gate.name not in asked]
    return [*results, *await validation.left_out(others)]


async def _approve(session: Session, validation: Validation) -> int:
    tree, actor = validation.change.head, session.services.options.actor
    await session.services.journal.append(new_event("gate.approved", actor, {"tree": tree}))
    say(f"{actor} approves tree {tree[:10]} of case {session.state.id}; an edit voids it")
    return GOOD
