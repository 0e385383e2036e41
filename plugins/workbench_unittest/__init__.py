"""Runners of unittest projects and of Django's own test command, in the user's interpreter."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_runners(register: Register) -> None:
    """Announce the runners."""
    register("unittest", _unittest, title="the standard library's unittest, where pytest is not used")
    register("django", _django, title="manage.py test, where pytest is not used")


def _unittest() -> Any:
    from workbench_unittest.runner import UnittestRunner

    return UnittestRunner()


def _django() -> Any:
    from workbench_unittest.django import DjangoRunner

    return DjangoRunner()
