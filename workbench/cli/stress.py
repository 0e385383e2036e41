"""``workbench test --stress N [--perturb]``: how often tests fail, with the change and at its base."""

from __future__ import annotations

import argparse

from workbench.case.codec import encode
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD
from workbench.cli.output import print_json, say, write
from workbench.cli.progress import Progress
from workbench.engine.proof.stress import Stressed, Wanted, stress
from workbench.engine.session import Session


async def run_stress(session: Session, arguments: argparse.Namespace) -> int:
    """Run it and return the exit code: 0 nothing failed, 1 something did, 3 could not tell. Raises NoChangeError."""
    progress = Progress()

    def told(side: str, done: int, of: int) -> None:
        progress.show(f"{side}: {done} of {of} runs")

    runs = arguments.stress or (1 if arguments.seed else 30)
    wanted = Wanted(runs, arguments.perturb, tuple(arguments.at), arguments.seed)
    try:
        found = await stress(session.services, wanted, arguments.tests, told)
    finally:
        progress.clear()
    if arguments.format == "text":
        for one in found:
            _print(one, arguments)
    else:
        print_json({"schema": 1, "stressed": encode(found)})
    if any(one.rate.failed for one in found):
        return BAD
    return COULD_NOT_TELL if any(one.problem for one in found) else GOOD


def _print(one: Stressed, arguments: argparse.Namespace) -> None:
    if one.problem:
        say(f"? {one.test}: {one.problem}")
        return
    at_base = f"; at base {one.base_words()}" if one.base is not None else ""
    say(f"{'✘' if one.rate.failed else '✔'} {one.test}: {one.words()}{at_base}")
    if one.note:
        say(f"  ▲ {one.note}")
    if one.message:
        say(f"  {'at base: ' if one.at_base else ''}{one.message}")
    if one.interleaving:
        say(f"  the interleaving that failed{' at base' if one.at_base else ''}:")
        write("\n".join(f"    {line}" for line in one.interleaving.split("\n")))
    if one.replayed is not None:
        say(f"  {one.replay_words()}")
    if one.seed:
        how = " --perturb" if arguments.perturb else ""
        say(f"  again: workbench test{how} --seed {one.seed} {one.test}")
