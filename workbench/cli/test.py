"""``workbench test``: run the user's tests, each result as it comes."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from pathlib import Path

from workbench.analysis.testruns import BAD, worst_first
from workbench.case.codec import encode
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.cli.common import BAD as EXIT_BAD
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import Progress, fail, print_json, say
from workbench.cli.stress import run_stress
from workbench.engine.interpreter import NoInterpreterError
from workbench.engine.options import from_arguments
from workbench.engine.proof.change import NoChangeError
from workbench.engine.repo.repository import RepositoryError
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

_GLYPHS = {
    TestOutcome.PASSED: "✔",
    TestOutcome.SKIPPED: "–",
    TestOutcome.XFAILED: "✔",
    TestOutcome.NOT_RUN: "–",
}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 all passed, 1 failures, 3 could not tell."""
    parser = verb_parser("test", "Run the project's tests in its own interpreter.", common)
    parser.add_argument("tests", nargs="*", help="node ids or files (default: all)")
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--timeout", type=float, default=3600.0, metavar="S", help="seconds the run may take")
    parser.add_argument("--format", choices=("text", "json", "jsonl"), default="text")
    parser.add_argument("--stress", type=int, default=0, metavar="N", help="run N times, each with another seed")
    parser.add_argument("--perturb", action="store_true", help="delay threads and tasks by the seed, to find races")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the first seed: what failed is run again")
    parser.add_argument("--at", action="append", default=[], metavar="PATH[:L-L]", help="where to delay")
    arguments = parser.parse_args(argv)
    try:
        return asyncio.run(_test(arguments))
    except RepositoryError as error:
        fail(str(error))
        return WRONG_USAGE
    except (NoChangeError, NoInterpreterError) as error:
        fail(str(error))
        return COULD_NOT_TELL


async def _test(arguments: argparse.Namespace) -> int:
    session = await Session.open(Path(arguments.repo), from_arguments(arguments))
    if arguments.stress or arguments.perturb or arguments.seed:
        try:
            return await run_stress(session, arguments)
        finally:
            await session.close()
    counts: Counter[TestOutcome] = Counter()
    progress = Progress()

    def seen(result: TestResult) -> None:
        if arguments.format == "jsonl":
            print(json.dumps(encode(result)), flush=True)
        if result.outcome not in (TestOutcome.NOT_RUN, TestOutcome.RUNNING):
            counts[result.outcome] += 1
            progress.show(f"{sum(counts.values())} phases, {sum(counts[bad] for bad in BAD)} failed")

    try:
        ended = await run_tests(session.services, arguments.tests, seen, arguments.timeout)
    finally:
        await session.close()
    progress.clear()
    if arguments.format == "json":
        print_json(document(ended))
    elif arguments.format == "text":
        _print(ended)
    if ended.status is RunStatus.PASSED:
        return GOOD
    return EXIT_BAD if ended.status is RunStatus.FAILED else COULD_NOT_TELL


def document(run: TestRun) -> dict[str, object]:
    """What ``--format json`` prints."""
    bad = [result.id for result in run.results if result.outcome in BAD]
    return {"schema": 1, **encode(run), "tests": encode(worst_first(run.results)), "outstanding": bad}


def _print(run: TestRun) -> None:
    for result in worst_first(run.results):
        if result.outcome in BAD:
            place = f"  {result.path}:{result.line}" if result.line else ""
            say(f"✘ {result.id}{place}")
            say(f"    {result.message.splitlines()[0] if result.message else result.outcome.value}")
    counts = Counter(result.outcome for result in run.results)
    parts = [f"{_GLYPHS.get(o, '✘')} {n} {o.value.replace('_', ' ')}" for o, n in sorted(counts.items())]
    say(f"{run.status.value.replace('_', ' ')} in {run.seconds:.1f} s: {', '.join(parts) or 'nothing ran'}")
    if run.message:
        say(f"  {run.message}")
