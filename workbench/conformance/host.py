"""A host that runs steps in this process, for the tests of a plugin."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from workbench.api import Chunk, Command, Feed, GitError, Known, Output, Step, Tested

CHUNK_BYTES = 1 << 16
"""What the arguments of a chunk may be, pickled."""


class Talk:
    """Implements :class:`workbench.api.Conversation`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout

    async def say(self, line: bytes) -> None:
        """Write one line."""
        self._stdin.write(line + b"\n")
        await self._stdin.drain()

    async def lines(self) -> AsyncIterator[bytes]:
        """What it says."""
        while line := await self._stdout.readline():
            yield line.rstrip(b"\n")

    def last_words(self) -> str:
        """Standard error goes to the test's own."""
        return ""


class LocalHost:
    """Implements :class:`workbench.api.FixHost` on the repository at ``root``; ``wrong`` collects broken rules."""

    index_path = ""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wrong: list[str] = []
        self._scratch = tempfile.TemporaryDirectory()

    async def run(self, step: Step) -> list[Any]:
        """The results of one step, which went through pickle both ways."""
        match step:
            case Known(known):
                return list(known)
            case Chunk(function, args):
                self._sent(function, args)
                results = function(*pickle.loads(pickle.dumps(args)))
            case Command(argv, parse):
                self._sent(parse, ())
                results = parse(self._ran(step)) if self._listed(argv) else []
        if not isinstance(results, list):
            self.wrong.append(f"{step}: gave {type(results).__name__}, must give a list")
            return []
        made: list[Any] = pickle.loads(pickle.dumps(results))
        return made

    async def git(self, *args: str) -> bytes:
        """git's answer. Raises GitError."""
        done = subprocess.run(["git", *args], cwd=self.root, capture_output=True, check=False)
        if done.returncode:
            raise GitError(tuple(args), done.returncode, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def progress(self, done: int, of: int) -> None:
        """How far it is; more than all is wrong."""
        if done > of:
            self.wrong.append(f"progress({done}, {of}): more than all")

    async def ask(self, question: str, choices: Sequence[str]) -> str:
        """The first choice."""
        return choices[0]

    async def feed(self, location: str) -> Feed:
        """The file or folder at ``location``: no other source is loaded here."""
        return Feed(location, (), (f"{location}: no log source is loaded in this test",))

    @property
    def confines(self) -> bool:
        """Nothing is confined in a test."""
        return False

    @asynccontextmanager
    async def converse(self, command: Command) -> AsyncIterator[Talk]:
        """The program itself, killed on leaving."""
        pipe = asyncio.subprocess.PIPE
        env = {**os.environ, **command.env}
        process = await asyncio.create_subprocess_exec(
            *command.argv, cwd=command.cwd or self.scratch(), env=env, stdin=pipe, stdout=pipe
        )
        try:
            yield Talk(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def tell(self, who: str, text: str) -> None:
        """Nothing is kept."""

    async def tried(self) -> Tested | None:
        """There is no test."""
        return None

    def scratch(self) -> str:
        """A folder that is removed with this host."""
        return self._scratch.name

    def _sent(self, function: Any, args: tuple[Any, ...]) -> None:
        """A function goes to a worker by name, its arguments by value."""
        try:
            pickle.dumps(function)
            size = len(pickle.dumps(args))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            self.wrong.append(f"{function} cannot be sent to a worker: {error}")
            return
        if size > CHUNK_BYTES:
            self.wrong.append(f"{function.__name__}: {size} bytes of arguments, at most {CHUNK_BYTES}")

    def _listed(self, argv: Any) -> bool:
        if isinstance(argv, tuple) and all(isinstance(each, str) for each in argv):
            return True
        self.wrong.append(f"{argv!r}: argv must be a tuple of texts")
        return False

    def _ran(self, command: Command) -> Output:
        started = perf_counter()
        done = subprocess.run(
            command.argv,
            cwd=command.cwd or self.scratch(),
            input=command.stdin,
            capture_output=True,
            timeout=command.timeout,
            check=False,
        )
        return Output(command.argv, done.returncode, done.stdout, done.stderr, perf_counter() - started)
