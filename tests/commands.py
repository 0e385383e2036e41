"""Commands for tests."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from workbench.api import Command, Output
from workbench.cli.main import main
from workbench.engine.process.commands import (
    Commands,
)
from workbench.engine.process.tree import descendants

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"


@pytest_asyncio.fixture
async def commands() -> AsyncIterator[Commands]:
    commands = Commands()
    yield commands
    await commands.close()
    assert not descendants(os.getpid())


def command(*argv: str, **more: object) -> Command:
    return Command(argv, _nothing, **more)


def _nothing(output: Output) -> list[object]:
    return []


def python(code: str, **more: object) -> Command:
    return command(sys.executable, "-c", code, **more)


def help_of(*words: str) -> str:
    """What ``workbench WORDS --help`` prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return said.getvalue()
