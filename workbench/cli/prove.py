"""``workbench prove``: red, green, red again, in three lines."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from workbench.case.codec import encode
from workbench.case.enums import ProofStatus
from workbench.case.model import Proof, ProofStep
from workbench.cli.common import BAD, COULD_NOT_TELL, GOOD, verb_parser
from workbench.cli.opening import opened
from workbench.cli.output import print_json, say, write
from workbench.cli.picking import going_on
from workbench.cli.progress import Progress
from workbench.engine.options import from_arguments
from workbench.engine.proof.record import prove_change

_NAMED = 5
_LABELS = {"red": "RED", "green": "GREEN", "red_again": "RED AGAIN"}
_WHERE = {"red": "at base {base}:", "green": "with the change:", "red_again": ""}
_GLYPHS = {"red": "✔", "green": "✔", "not_red": "✘", "not_green": "✘", "inconclusive": "?"}
_SENTENCES = {
    ProofStatus.PROVEN: "proven",
    ProofStatus.NOT_RED: "not proven: the test does not fail for the right reason without the fix",
    ProofStatus.NOT_GREEN: "not proven: the test does not pass with the change",
    ProofStatus.NOT_NEEDED: "not proven: the test passes without the fix too",
    ProofStatus.INCONCLUSIVE: "could not tell",
}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 proven, 1 not, 3 could not tell."""
    arguments = _parser(common).parse_args(argv)
    return asyncio.run(_prove(arguments))


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    text = "Prove that a change fixes what its test shows: red without it, green with it, red again with it taken away."
    parser = verb_parser("prove", text, common)
    parser.add_argument("test", nargs="*", help="node ids (default: the tests that the change brings)")
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--base", default="", metavar="REV", help="what the change is against")
    parser.add_argument("--head", default="", metavar="REV", help="a commit in place of the working tree")
    parser.add_argument(
        "--fix",
        action="append",
        default=[],
        metavar="PATH",
        help="a part of the fix: PATH or PATH:LINE (default: the hunks found needed)",
    )
    parser.add_argument("--format", choices=("text", "json", "markdown", "junit"), default="text")
    return parser


async def _prove(arguments: argparse.Namespace) -> int:
    options = await asyncio.to_thread(going_on, Path(arguments.repo), from_arguments(arguments))
    session = await opened(arguments, options)
    streams = arguments.format == "text"
    progress = Progress("the worktrees are made ready")
    try:
        name: list[str] = []

        def told(step: ProofStep) -> None:
            if streams:
                say(step_line(step, name[0] if name else ""))

        proof = await prove_change(
            session.services,
            base=arguments.base,
            head=arguments.head,
            tests=arguments.test,
            fix=arguments.fix,
            told=told,
            based_on=lambda change: name.append(change.base_name),
            progress=lambda step, done, of: progress.show(f"{step.replace('_', ' ')}: {done} of {of} runs"),
        )
        progress.clear()
        _print(proof, arguments.format, name[0] if name else "")
        return _exit_code(proof)
    finally:
        progress.clear()
        await session.close()


def carried_words(paths: Sequence[str]) -> str:
    """Which of the user's ignored files stood in the worktrees."""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"carried along, ignored by git: {', '.join(paths[:_NAMED])}{more} (tests.carry adds others)"


def step_line(step: ProofStep, base: str) -> str:
    """One of the three lines."""
    where = _WHERE[step.name].format(base=base)
    return f"{_GLYPHS[step.outcome]} {_LABELS[step.name]:<10} {where}{' ' if where else ''}{step.reason}"


def _print(proof: Proof, form: str, base: str) -> None:
    if form == "json":
        print_json({"schema": 1, **encode(proof)})
        return
    if form in ("markdown", "junit"):
        formats = import_module("workbench.cli.proof_formats")
        for_step = partial(step_line, base=base)
        sentence = _SENTENCES[proof.status]
        text = formats.junit(proof, for_step) if form == "junit" else formats.markdown(proof, sentence, for_step)
        write(text)
        return
    if proof.carried:
        say(f"  {carried_words(proof.carried)}")
    told = bool(proof.steps) and proof.reason in proof.steps[-1].reason
    why = f" ({proof.reason})" if proof.reason and not told else ""
    say(f"{_SENTENCES[proof.status]}{why}")


def _exit_code(proof: Proof) -> int:
    if proof.status is ProofStatus.PROVEN:
        return GOOD
    return COULD_NOT_TELL if proof.status is ProofStatus.INCONCLUSIVE else BAD
