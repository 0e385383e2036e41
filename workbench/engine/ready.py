"""What a run needs to know before it begins, and its plan."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.api import Runner
from workbench.engine.beside import Beside
from workbench.engine.interpreter import Interpreter
from workbench.engine.known_python import KnownPython
from workbench.engine.opening import working_tree
from workbench.engine.runners import choose
from workbench.engine.services import Services
from workbench.engine.test_settings import LONGEST, TestSettings
from workbench.engine.testing import Testing, TestPlan
from workbench.engine.warm import Warm


@dataclass(frozen=True, slots=True)
class Ready:
    """What a run needs to know before it begins: its runner and interpreter, and the tree that it will run on."""

    runner: Runner
    interpreter: Interpreter
    tree: str


async def ready(services: Services, python: KnownPython) -> Ready:
    """What a run that begins now needs. Raises NoChangeError where no runner fits, NoInterpreterError."""
    (runner, interpreter), tree = await asyncio.gather(choose(services, python), working_tree(services))
    return Ready(runner, interpreter, tree)


def testing_of(services: Services, first: Ready, warm: Warm | None) -> Testing:
    """What runs tests for a session."""
    return Testing(first.runner, services.commands, services.options.cache / "runs", warm)


def plan_of(
    services: Services,
    first: Ready,
    tests: Sequence[str],
    timeout: float | None = None,
    options: Sequence[str] = (),
    covering: bool = False,
    traced: bool = False,
    beside: Beside | None = None,
) -> TestPlan:
    """The plan of a run of ``tests`` (all when empty) in the user's own tree. What a selection enters is looked for,
    where that is kept (``covering``), if it is cheap or is to be ``traced``."""
    settings = TestSettings.of(services.config)
    return TestPlan(
        services.repository.root,
        first.tree,
        first.interpreter,
        tuple(tests),
        timeout=timeout or settings.timeout or LONGEST,
        packages=first.interpreter.copies,
        coverage=covering and (not tests or traced or _is_cheap(first.interpreter)),
        options=(*settings.options, *options),
        parts=beside.parts(tests) if beside is not None else (),
    )


def _is_cheap(interpreter: Interpreter) -> bool:
    """Whether seeing what tests enter costs little: from 3.12 on (sys.monitoring). Before, whole runs alone pay."""
    return tuple(map(int, (interpreter.version or "0").split(".")[:2])) >= (3, 12)
