"""``workbench validate``: the gates, and the verdict that is derived from them."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from workbench.analysis.verdict import is_stale, judge, worst_first
from workbench.case.codec import encode
from workbench.case.enums import Verdict
from workbench.case.errors import GitError
from workbench.case.model import GateResult, Judgement
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import Progress, fail, print_json, say
from workbench.engine.interpreter import NoInterpreterError
from workbench.engine.options import from_arguments
from workbench.engine.plugins import missing
from workbench.engine.proof.change import NoChangeError
from workbench.engine.repo.repository import RepositoryError
from workbench.engine.session import Session
from workbench.engine.validate import Validation, gates_of, validation_of

_GLYPHS = {"pass": "✔", "fail": "✘", "inconclusive": "?", "error": "✘", "skipped": "–", "waived": "◇", "not_run": "–"}
_EXITS = {Verdict.READY: GOOD, Verdict.NOT_READY: BAD, Verdict.INCONCLUSIVE: COULD_NOT_TELL}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 ready, 1 not ready, 3 could not tell."""
    arguments = _parser(common).parse_args(argv)
    try:
        return asyncio.run(_validate(arguments))
    except RepositoryError as error:
        fail(str(error))
        return WRONG_USAGE
    except (NoChangeError, NoInterpreterError, GitError) as error:
        fail(str(error))
        return COULD_NOT_TELL


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    parser = verb_parser(
        "validate", "Judge a change by its gates: ready, not ready, or what could not be told.", common
    )
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--base", default="", metavar="REV", help="what the change is against")
    parser.add_argument("--head", default="", metavar="REV", help="a commit in place of the working tree")
    parser.add_argument("--gate", action="append", default=[], metavar="G", help="only this gate; may be repeated")
    parser.add_argument("--explain", action="store_true", help="say which gates apply, why, and what each needs")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    return parser


async def _validate(arguments: argparse.Namespace) -> int:
    session = await Session.open(Path(arguments.repo), from_arguments(arguments))
    try:
        try:
            gates = gates_of(session.services, arguments.gate)
        except KeyError as unknown:
            fail(f"there is no gate {unknown}", todo="workbench plugins lists them")
            return WRONG_USAGE
        progress = Progress()
        async with validation_of(session.services, arguments.base, arguments.head) as validation:
            if arguments.explain:
                return _explain(validation, gates)
            results = await validation.run(gates, lambda result: progress.show(f"{result.id}: {result.status.value}"))
            progress.clear()
            tree = validation.change.head
        judgement = judge(results, tree)
        _print(arguments.format, results, judgement, tree)
        return _EXITS[judgement.verdict]
    finally:
        await session.close()


def _explain(validation: Validation, gates: list[Any]) -> int:
    for plugin in gates:
        absent = missing(plugin.needs, validation.services.repository.root)
        reason = f"not available: {', '.join(absent)}" if absent else plugin.make().applies(validation.subject)
        say(f"{'–' if reason else '○'} {plugin.name:14} {plugin.title}{f' ({reason})' if reason else ''}")
    return GOOD


def document(results: list[GateResult], judgement: Judgement, tree: str) -> dict[str, Any]:
    """What ``--format json`` prints."""
    gates = [{**encode(result), "stale": is_stale(result, tree)} for result in worst_first(results, tree)]
    return {
        "schema": 1,
        "verdict": judgement.verdict.value,
        "reasons": list(judgement.reasons),
        "not_checked": list(judgement.not_checked),
        "tree": tree,
        "gates": gates,
        "plan": None,
    }


def _print(form: str, results: list[GateResult], judgement: Judgement, tree: str) -> None:
    if form == "json":
        print_json(document(results, judgement, tree))
        return
    verdict = judgement.verdict.value.upper().replace("_", " ")
    if form == "markdown":
        say(f"**{verdict}**: {'; '.join(judgement.reasons)}\n")
        say("| gate | status | reason | seconds |\n|---|---|---|---:|")
        for result in worst_first(results, tree):
            say(f"| {result.id} | {result.status.value} | {result.reason.replace('|', '/')} | {result.seconds:.1f} |")
        return
    say(f"{verdict}: {'; '.join(judgement.reasons)}")
    for result in worst_first(results, tree):
        say(f"{_GLYPHS[result.status.value]} {result.id:14} {result.reason}  ({result.seconds:.1f} s)")
    for line in judgement.not_checked:
        say(f"not checked: {line}")
