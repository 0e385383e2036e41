"""Consent: what a person is shown before code of the repository runs for the first time, and their answer."""

from __future__ import annotations

import asyncio
import os

from workbench.api import TestRequest
from workbench.engine.proof.change import NoChangeError
from workbench.engine.pythons import candidates
from workbench.engine.runners import fitting
from workbench.engine.services import Services
from workbench.engine.test_settings import TestSettings
from workbench.engine.trust import defined_commands

NOT_TRUSTED = "not run before you trust this repository"


async def may_execute(services: Services) -> bool:
    """Whether code of the repository may run: nobody else has the wheel, and it is trusted."""
    if services.wheel.why_not:
        return False
    if services.options.trust:
        return True
    return await asyncio.to_thread(services.trust.is_trusted, services.repository.root)


def why_not_execute(services: Services) -> str:
    """Why :func:`may_execute` says no."""
    return services.wheel.why_not or NOT_TRUSTED


async def what_would_run(services: Services) -> tuple[tuple[str, ...], ...]:
    """The commands that trusting allows, as they are shown; finding them runs nothing."""
    return await asyncio.to_thread(_what_would_run, services)


async def grant(services: Services, shown: tuple[tuple[str, ...], ...]) -> None:
    """The person who was ``shown`` these commands trusts the repository. Raises OSError when it cannot be kept."""
    await asyncio.to_thread(services.trust.grant, services.repository.root, shown[1:])


def _what_would_run(services: Services) -> tuple[tuple[str, ...], ...]:
    root = services.repository.root
    found = candidates(root, os.environ, services.options.config)
    python = next((path for path, _ in found if os.access(path, os.X_OK)), "python")
    return (_test_command(services, python), *defined_commands(root))


def _test_command(services: Services, python: str) -> tuple[str, ...]:
    """How the tests are run, without the options that make them report."""
    settings = TestSettings.of(services.config)
    try:
        runner = fitting(services.plugins, services.repository.root, settings.runner)[0]
    except NoChangeError:
        return (python, "-m", "pytest", *settings.options)
    plain = runner.command(TestRequest(str(services.repository.root), python, "")).argv[:3]
    return (*plain, *settings.options)
