"""``workbench fix``: what fixers propose for a finding, an error, a change or a failing test; taken by id."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from workbench.analysis.diffs import ConflictError, Selection
from workbench.case.model import Hypothesis, Proposal
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.opening import opened
from workbench.cli.output import fail, print_json, say
from workbench.cli.progress import Progress
from workbench.cli.proposals_text import document, lines
from workbench.engine.advice import ask
from workbench.engine.consent import may_execute, why_not_execute
from workbench.engine.documents import hypothesis
from workbench.engine.file_states import RefusedError
from workbench.engine.investigation import Question
from workbench.engine.options import Options, from_arguments
from workbench.engine.proposals.making import diff_of
from workbench.engine.proposals.offering import best_first, offer
from workbench.engine.proposals.taking import judged, minimal, needed_for_green, take
from workbench.engine.session import Session
from workbench.engine.store.library import library_of


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 something green is offered, or done; 1 nothing is; 3 could not tell."""
    arguments = _parser(common).parse_args(argv)
    try:
        return asyncio.run(_fix(arguments))
    except (ConflictError, RefusedError) as refusal:
        fail(f"not applied: {refusal}", "nothing was changed", "ask the fixers again: workbench fix")
        return BAD


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    text = "Propose fixes, each made in a worktree of its own and tested there; nothing of yours is touched."
    parser = verb_parser("fix", text, common)
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--list", action="store_true", help="the proposals of the case as they stand")
    one.add_argument("--apply", metavar="ID", default="", help="apply this proposal to the files")
    one.add_argument("--reject", metavar="ID", default="", help="reject it, with --reason")
    one.add_argument("--needed", metavar="ID", default="", help="find which of its hunks the failing test needs")
    parser.add_argument("--minimal", action="store_true", help="with --apply: only the hunks that its test needs")
    one.add_argument("--causes", action="store_true", help="ask the agent of --agent for causes, not for a fix")
    parser.add_argument("--for", dest="target", metavar="FINDING|TEST", default="", help="what is to be mended")
    parser.add_argument("--agent", "--fixer", action="append", default=[], metavar="NAME", help="ask only this one")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why it is rejected: its fixer is told")
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


async def _fix(arguments: argparse.Namespace) -> int:
    options = await asyncio.to_thread(_latest_case, Path(arguments.repo), from_arguments(arguments))
    session = await opened(arguments, options)
    try:
        if arguments.list:
            return _show(session, arguments, best_first(session.state.proposals.values()), ())
        chosen = arguments.apply or arguments.reject or arguments.needed
        if chosen:
            proposal = session.state.proposals.get(chosen)
            if proposal is None:
                fail(
                    f"there is no proposal {chosen} in case {session.state.id}", todo="workbench fix --list lists them"
                )
                return WRONG_USAGE
            return await _about(session, arguments, proposal)
        return await (_causes if arguments.causes else _offer)(session, arguments)
    finally:
        await session.close()


def _latest_case(repo: Path, options: Options) -> Options:
    """With the latest case about this repository, where none is named."""
    if options.case:
        return options
    root = repo.resolve()
    for card in library_of(options).cards():
        if card.repo and not card.problem and root.is_relative_to(card.repo):
            return replace(options, case=card.id)
    return options


async def _offer(session: Session, arguments: argparse.Namespace) -> int:
    if not await may_execute(session.services):
        fail(why_not_execute(session.services), todo="workbench --trust fix allows its tests to be run")
        return COULD_NOT_TELL
    progress = Progress()
    if not session.state.finished:
        progress.show("looking for what is wrong")
        await session.investigate(Question(session.state.question or f"what makes {arguments.target or 'it'} fail"))
    progress.show("fixers at work")
    try:
        offered = await offer(
            session.services,
            arguments.target,
            arguments.agent,
            progress=lambda done, of: progress.show(f"fixers at work: {done} of {of}"),
        )
    except KeyError as unknown:
        fail(f"there is no fixer {unknown}", todo="workbench plugins lists them")
        return WRONG_USAGE
    finally:
        progress.clear()
    return _show(session, arguments, offered.proposals, offered.said)


async def _causes(session: Session, arguments: argparse.Namespace) -> int:
    if not arguments.agent:
        fail(
            "--causes asks an agent, and none is named",
            todo="--agent NAME names one (docs/fixers.md: how it is described)",
        )
        return WRONG_USAGE
    if not await may_execute(session.services):
        fail(why_not_execute(session.services), todo="workbench --trust fix allows it to be run")
        return COULD_NOT_TELL
    told: list[Hypothesis] = []
    for name in arguments.agent:
        try:
            with Progress(f"{name} is asked"):
                causes = await ask(session.services, name)
        except KeyError:
            fail(f"there is no agent {name}", todo="docs/fixers.md says how one is described")
            return WRONG_USAGE
        told += causes
        for cause in causes if arguments.format == "text" else ():
            say(f"{cause.confidence:.2f}  {cause.statement}  (claimed by {name})")
            for sign, item in (*(("+", each) for each in cause.supporting), *(("−", each) for each in cause.against)):
                say(f"      {sign} {item.text}")
    if arguments.format == "json":
        print_json({"schema": 1, "hypotheses": [hypothesis(cause) for cause in told]})
    return GOOD


async def _about(session: Session, arguments: argparse.Namespace, proposal: Proposal) -> int:
    searches = arguments.needed or (arguments.minimal and not proposal.needed)
    if searches and not await may_execute(session.services):
        fail(why_not_execute(session.services), todo="workbench --trust fix allows its tests to be run")
        return COULD_NOT_TELL
    if arguments.reject:
        await judged(session.services, proposal, "rejected", arguments.reason)
        say(f"rejected: {proposal.title}")
    elif arguments.needed:
        with Progress("trying without parts of it") as progress:
            proposal, found = await needed_for_green(
                session.services, proposal, lambda trials: progress.show(f"{trials} parts tried")
            )
        if arguments.format == "json":
            print_json({"schema": 1, "id": proposal.id, "needed": list(proposal.needed), "of": found.of})
        else:
            say(f"{len(found.parts)} of {found.of} parts are needed: {', '.join(proposal.needed)}")
    else:
        part = await _minimal(session, proposal) if arguments.minimal else None
        record = await take(session.services, session.change, proposal, part)
        await session.idle()
        if part is not None:
            say(f"its test needs {', '.join(session.state.proposals[proposal.id].needed)}: the rest was left out")
        elif session.state.proposals[proposal.id].state == "partly":
            say("left out, because it touches what judges the change: " + "; ".join(proposal.tamper))
        say(f"applied to {', '.join(record.paths)}: {record.title}")
    return GOOD


async def _minimal(session: Session, proposal: Proposal) -> Selection:
    if not proposal.needed:
        proposal, _ = await needed_for_green(session.services, proposal)
    return minimal(proposal, await diff_of(session.services, proposal))


def _show(
    session: Session, arguments: argparse.Namespace, proposals: tuple[Proposal, ...], said: tuple[str, ...]
) -> int:
    if arguments.format == "json":
        print_json(document(session.state.id, proposals, said))
    else:
        for proposal in proposals:
            for line in lines(proposal):
                say(line)
        for line in said:
            say(f"– {line}")
        if not proposals:
            say("nothing was proposed")
    usable = any(each.state != "conflicts" and all(t.outcome != "red" for t in each.tests) for each in proposals)
    return GOOD if usable or arguments.list else BAD
