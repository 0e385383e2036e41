"""Which runner serves a repository, in which Python."""

from __future__ import annotations

import asyncio
from pathlib import Path

from workbench.api import ReadingRunner, Runner
from workbench.case.enums import PluginKind
from workbench.engine.described.runner import CommandRunner
from workbench.engine.interpreter import Interpreter
from workbench.engine.known_python import KnownPython
from workbench.engine.plugins import Plugins, missing
from workbench.engine.proof.change import NoChangeError
from workbench.engine.services import Services
from workbench.engine.test_settings import TestSettings

NO_PYTHON = Interpreter("", "none needed", "", frozenset(), "", {})
"""In place of an interpreter where the tests are another language's."""


def known_python(services: Services) -> KnownPython:
    """The Python of a session's repository, by its settings."""
    return KnownPython(services.repository.root, services.commands, services.options.config)


async def choose(services: Services, python: KnownPython) -> tuple[Runner, Interpreter]:
    """The runner and the interpreter: the first Python of the project that has a framework of a runner that fits, or
    none where only runners of other languages fit. The setting ``tests.runner`` names the runner.

    Raises NoChangeError naming why no runner fits, NoInterpreterError.
    """
    named = TestSettings.of(services.config).runner
    runners = await asyncio.to_thread(fitting, services.plugins, services.repository.root, named)
    if isinstance(runners[0], ReadingRunner):
        return runners[0], NO_PYTHON
    interpreter = await python.get([runner.framework for runner in runners])
    has = {"", *interpreter.has}
    return next(runner for runner in runners if runner.framework in has), interpreter


def fitting(plugins: Plugins, root: Path, named: str = "") -> list[Runner]:
    """The runners that say that they serve ``root``: those that are described for it, those of Python, the others. Or
    the one that is ``named``, whatever it says of ``root``.

    Raises NoChangeError naming why none does, or what there is in place of the one named.
    """
    if named:
        return [_named(plugins, root, named)]
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
    found.sort(key=lambda runner: (not isinstance(runner, CommandRunner), isinstance(runner, ReadingRunner)))
    if not found:
        raise NoChangeError(
            "no test runner fits this repository: "
            + "; ".join(reasons)
            + ". One of your own is told by a manifest: docs/manifests.md"
        )
    return found


def _named(plugins: Plugins, root: Path, name: str) -> Runner:
    known = {plugin.name: plugin for plugin in plugins.of(PluginKind.RUNNER)}
    if name not in known:
        raise NoChangeError(f"tests.runner names {name}, which is no test runner here: {', '.join(sorted(known))}")
    if absent := missing(known[name].needs, root):
        raise NoChangeError(f"tests.runner names {name}, which is not available: {', '.join(absent)}")
    runner: Runner = known[name].make()
    return runner
