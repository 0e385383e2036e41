"""Which runner serves a repository, in which Python."""

from __future__ import annotations

import asyncio
from pathlib import Path

from workbench.api import ReadingRunner, Runner
from workbench.case.enums import PluginKind
from workbench.engine.interpreter import Interpreter
from workbench.engine.known_python import KnownPython
from workbench.engine.plugins import Plugins, missing
from workbench.engine.proof.change import NoChangeError
from workbench.engine.services import Services


async def choose(services: Services, python: KnownPython) -> tuple[Runner, Interpreter]:
    """The runner and the interpreter: the first Python of the project that has a framework of a runner that fits.

    Raises NoChangeError naming why no runner fits, NoInterpreterError.
    """
    runners = await asyncio.to_thread(fitting, services.plugins, services.repository.root)
    interpreter = await python.get([runner.framework for runner in runners])
    has = {"", *interpreter.has}
    return next(runner for runner in runners if runner.framework in has), interpreter


def fitting(plugins: Plugins, root: Path) -> list[Runner]:
    """The runners that say that they serve ``root``, by name. Raises NoChangeError naming why none does."""
    reasons: list[str] = []
    found: list[Runner] = []
    for plugin in plugins.of(PluginKind.RUNNER):
        runner: Runner = plugin.make()
        absent = missing(plugin.needs, root)
        reason = ", ".join(absent) or runner.applies(str(root))
        if reason:
            reasons.append(f"{plugin.name}: {reason}")
        else:
            found.append(runner)
    found.sort(key=lambda runner: isinstance(runner, ReadingRunner))  # those of Python first
    if not found:
        raise NoChangeError("no test runner fits this repository: " + "; ".join(reasons))
    return found
