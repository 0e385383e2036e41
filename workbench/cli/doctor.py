"""``workbench doctor``: what was found here, and how to mend what is missing."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench import __version__
from workbench.api import ReadingRunner, Runner, SwappingRunner, WarmRunner
from workbench.case.errors import GitError
from workbench.cli.common import BAD, GOOD, verb_parser
from workbench.cli.output import print_json, say
from workbench.engine.config.read import load
from workbench.engine.described.registry import plugins_of
from workbench.engine.interpreter import NoInterpreterError, discover
from workbench.engine.options import Options, from_arguments
from workbench.engine.process.commands import Commands, find_tool
from workbench.engine.proof.change import NoChangeError
from workbench.engine.pythons import candidates
from workbench.engine.repo.facts import RepositoryError, read_facts
from workbench.engine.repo.git import run_git
from workbench.engine.runners import fitting
from workbench.engine.store.base import StoreError
from workbench.engine.store.filesystems import filesystem, is_network
from workbench.engine.store.library import library_of
from workbench.engine.test_settings import TestSettings
from workbench.engine.trust import Trust


@dataclass(frozen=True, slots=True)
class Found:
    """One thing looked for. ``status``: ok, missing or notice; ``mend`` says what to do about it."""

    name: str
    status: str
    detail: str
    mend: str = ""


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb; 1 when something that is needed is missing."""
    parser = verb_parser("doctor", "Tell what was found on this machine, and how to mend what is missing.", common)
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    arguments = parser.parse_args(argv)
    root = Path(arguments.repo).resolve()
    options = from_arguments(arguments)
    rows = [
        *_program(),
        *_config(root, options),
        *_git(root),
        *asyncio.run(_python(root, options)),
        *_runners(root, options),
        *_tools(root),
        *_database(),
        *_data(options),
    ]
    if arguments.format == "json":
        print_json({"schema": 1, "found": [asdict(row) for row in rows]})
    else:
        for row in rows:
            mark = {"ok": "✔", "missing": "✘", "notice": "▲"}[row.status]
            say(f"{mark} {row.name:16} {row.detail}")
            if row.mend:
                say(f"  {'':16} {row.mend}")
    return BAD if any(row.status == "missing" for row in rows) else GOOD


def _program() -> Iterator[Found]:
    yield Found("workbench", "ok", f"{__version__} on Python {platform.python_version()} ({sys.executable})")
    yield Found("sqlite", "ok", sqlite3.sqlite_version)
    colours = os.environ.get("COLORTERM") or os.environ.get("TERM") or "unknown"
    yield Found("terminal", "ok", f"{colours}{', NO_COLOR is set' if os.environ.get('NO_COLOR') else ''}")
    yield from _clipboard()
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    yield Found("editor", "ok" if editor else "notice", editor or "not set: vi is used", "" if editor else "set EDITOR")


def _clipboard() -> Iterator[Found]:
    """Copying goes by OSC 52, which terminals do not answer: what stands in its way is told."""
    term = os.environ.get("TERM", "")
    if os.environ.get("TMUX"):
        yield Found("clipboard", "notice", "OSC 52 through tmux", "tmux set -g set-clipboard on")
    elif term.startswith("screen"):
        yield Found("clipboard", "notice", "screen does not pass OSC 52 on", "what is copied is in copied.txt too")
    elif term in ("", "dumb", "linux"):
        yield Found("clipboard", "notice", f"TERM is {term or 'not set'}: no OSC 52", "it is in copied.txt too")
    else:
        yield Found("clipboard", "ok", "by OSC 52, and in copied.txt of the cache folder")


def _database() -> Iterator[Found]:
    found = importlib.util.find_spec("psycopg") is not None
    mend = "" if found else "pip install 'bug-workbench[postgresql]' to look at one with --db"
    yield Found("postgresql", "ok" if found else "notice", "driver psycopg" if found else "no driver", mend)


def _fitting(root: Path, options: Options) -> list[Runner]:
    """Raises NoChangeError."""
    config = load(root, options.config)
    return fitting(plugins_of(root, config, options.safe), root, TestSettings.of(config).runner)


def _runners(root: Path, options: Options) -> Iterator[Found]:
    try:
        runners = _fitting(root, options)
    except NoChangeError as error:
        yield Found("test runner", "notice", str(error), "tests.runner of workbench.toml names one")
        return
    yield Found(
        "test runner", "ok", ", ".join(type(runner).__name__.removesuffix("Runner").lower() for runner in runners)
    )
    yield Found("tests on save", "ok", _on_save(runners[0], TestSettings.of(load(root, options.config)).swap))


def _on_save(runner: Runner, swap: bool) -> str:
    """How live tests begin with the first one."""
    if not isinstance(runner, WarmRunner) or not hasattr(os, "fork"):
        return "each run begins with the interpreter"
    if not isinstance(runner, SwappingRunner) or not swap or not Path("/proc/self/fd").is_dir():
        off = ", tests.swap is false" if not swap and isinstance(runner, SwappingRunner) else ""
        return f"forked off a process that has imported what is slow{off}"
    return "forked off a process that has collected them, with the function bodies that were saved (tests.swap)"


def _config(root: Path, options: Options) -> Iterator[Found]:
    config = load(root, options.config)
    yield Found("settings", "ok", ", ".join(config.files) or "none: everything is as it comes")
    for mistake in config.mistakes:
        yield Found("settings", "notice", str(mistake), "it is passed over; the rest holds")


def _git(root: Path) -> Iterator[Found]:
    try:
        yield Found("git", "ok", run_git(root, "version").decode().strip())
    except GitError as error:
        yield Found("git", "missing", str(error), "install git")
        return
    try:
        facts = read_facts(root)
    except RepositoryError as error:
        yield Found("repository", "missing", str(error))
        return
    if facts.git_dir is None:
        yield Found("repository", "notice", f"{root} is no git repository", "files, logs and rules work; proofs do not")
    else:
        yield Found(
            "repository", "ok", f"{facts.root}, {facts.branch or 'detached'} at {facts.head[:10] or 'no commit'}"
        )
    for note in facts.notes if facts.git_dir else ():
        yield Found("repository", "notice", note)


async def _python(root: Path, options: Options) -> list[Found]:
    first = next((path for path, _ in candidates(root, os.environ, options.config) if os.access(path, os.X_OK)), "")
    trusted = options.trust or Trust(options.data).is_trusted(root)
    if not trusted and Path(first).is_relative_to(root):
        said = f"{first} lies in the repository and is not run before you trust it"
        return [Found("python for tests", "notice", said, "workbench doctor --trust asks it")]
    mend = "set WORKBENCH_PYTHON to the project's python"
    try:
        runners = _fitting(root, options)
    except NoChangeError:
        return [Found("python for tests", "notice", "not looked for: no test runner fits, see below")]
    if isinstance(runners[0], ReadingRunner):
        return [Found("python for tests", "ok", "none needed: the tests are of another language")]
    wanted = [runner.framework for runner in runners]
    commands = Commands(str(root))
    try:
        python = await discover(root, commands, wanted=wanted, settings=options.config)
        chosen = python.path
        found = [Found("python for tests", "ok", f"{chosen}, {python.version}, by {python.found_by}")]
    except NoInterpreterError as error:
        chosen, found = "", [Found("python for tests", "notice", str(error), mend)]
    finally:
        await commands.close()
    others = candidates(root, os.environ, options.config)
    there = {path: by for path, by in others if path != chosen and os.access(path, os.X_OK)}
    return [*found, *(Found("other python", "ok", f"{path}, by {by}") for path, by in there.items())]


def _tools(root: Path) -> Iterator[Found]:
    for name, use in (("ruff", "lint findings"), ("bandit", "security findings"), ("ssh", "logs of other hosts")):
        path = find_tool(name, str(root))
        mend = "" if path else f"without it: no {use}"
        yield Found(name, "ok" if path else "notice", path or "not on PATH", mend)


def _data(options: Options) -> Iterator[Found]:
    folder = options.data if options.data.exists() else options.data.parent
    kind = filesystem(folder)
    if is_network(kind):
        yield Found("data folder", "notice", f"{options.data} on {kind}", "slower, and followed by polling")
    else:
        yield Found("data folder", "ok", str(options.data))
    if options.store:
        try:
            found = library_of(options).cards(1)
            yield Found("team's store", "ok", f"answers, {'with cases' if found else 'no case yet'}")
        except StoreError as error:
            yield Found("team's store", "missing", str(error), "cases of the team cannot be opened until it answers")
