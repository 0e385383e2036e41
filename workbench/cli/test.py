"""``workbench test``: run the user's tests, each result as it comes."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce

from workbench.analysis.testruns import BAD, Count, gone_on
from workbench.case.codec import encode
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.cli.common import BAD as EXIT_BAD
from workbench.cli.common import COULD_NOT_TELL, GOOD, verb_parser
from workbench.cli.live_tests import run_live, tell_run
from workbench.cli.opening import opened
from workbench.cli.output import print_event
from workbench.cli.progress import Progress
from workbench.cli.stress import run_stress
from workbench.engine.instead import run_to_the_end
from workbench.engine.runs import run_tests


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 all passed, 1 failures, 3 could not tell."""
    parser = verb_parser("test", "Run the project's tests in its own interpreter.", common)
    parser.add_argument("tests", nargs="*", help="node ids, files or folders (default: all)")
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--timeout", type=float, metavar="S", help="seconds a run may take (3600)")
    parser.add_argument("--format", choices=("text", "json", "jsonl"), default="text", help="jsonl: a line a result")
    live = parser.add_argument_group("live", "which tests a change reaches is known from what each entered before")
    live.add_argument("--affected", action="store_true", help="what failed last and what the files may have changed")
    live.add_argument("--watch", action="store_true", help="go on: on every save what failed, the affected, the rest")
    again = parser.add_argument_group("again and again", "how often a test fails, with the change and at its base")
    again.add_argument("--stress", type=_times, default=0, metavar="N", help="run N times, each with another seed")
    again.add_argument("--perturb", action="store_true", help="delay threads and tasks by the seed, to find races")
    again.add_argument("--seed", type=int, default=0, metavar="S", help="the first seed: what failed is run again")
    again.add_argument(
        "--at", action="append", default=[], type=_place, metavar="PATH[:L-L]", help="where to delay (--perturb)"
    )
    arguments = parser.parse_args(argv)
    repeats = arguments.stress or arguments.perturb or arguments.seed
    if repeats and (arguments.watch or arguments.affected):
        parser.error("--stress, --perturb and --seed repeat what they are given: neither --watch nor --affected")
    if arguments.watch and arguments.format == "json":
        parser.error("--watch never ends: --format jsonl or text")
    return asyncio.run(_test(arguments))


def _times(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs")
    return int(text)


def _place(text: str) -> str:
    path, _, lines = text.partition(":")
    if not path or (lines and not re.fullmatch(r"\d+(-\d+)?", lines)):
        raise argparse.ArgumentTypeError(f"{text!r} is neither PATH nor PATH:LINE nor PATH:FIRST-LAST")
    return text


async def _test(arguments: argparse.Namespace) -> int:
    session = await opened(arguments)
    for wanted, do in (
        (arguments.stress or arguments.perturb or arguments.seed, run_stress),
        (arguments.watch or arguments.affected, run_live),
    ):
        if wanted:
            try:
                return await do(session, arguments)
            finally:
                await session.close()
    counts: Counter[TestOutcome] = Counter()
    progress, count = Progress("the tests are being collected"), Count()

    def seen(result: TestResult) -> None:
        if arguments.format == "jsonl":
            print_event({"event": "result", **encode(result)})
        if result.outcome not in (TestOutcome.NOT_RUN, TestOutcome.RUNNING):
            counts[result.outcome] += 1
        done, of = count.far(result)
        progress.show(f"{done} of {of} tests, {sum(counts[bad] for bad in BAD)} failed")

    async def once(tests: Sequence[str]) -> TestRun:
        return await run_tests(session.services, tests, seen, arguments.timeout)

    try:
        runs = [run async for _, run in run_to_the_end(once, arguments.tests)]
    finally:
        progress.clear()
        await session.close()
    ended = reduce(gone_on, runs)
    bad = tuple(result.id for result in ended.results if result.outcome in BAD)
    tell_run(ended, bad, arguments.format)
    if ended.status is RunStatus.PASSED:
        return GOOD
    return EXIT_BAD if ended.status is RunStatus.FAILED else COULD_NOT_TELL
