"""Codemods: fixes of the commonest families, made on the concrete syntax so that comments and formatting stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.api import Register, hookimpl

NEEDS = ("import:libcst",)


@hookimpl
def register_fixers(register: Register) -> None:
    """Announce the fixers; LibCST is imported in workers alone."""
    from workbench_codemods.catalogue import CODEMODS

    for name, title in CODEMODS.items():
        register(name, _codemod(name), title=title, needs=NEEDS)
    register("answer", _answer, title="answer an exception with 4xx or 503 as the project does", needs=NEEDS)
    register("observability", _observability, title="log and count what fails, with a test that it fires", needs=NEEDS)


def _codemod(name: str) -> Callable[[], Any]:
    def make() -> Any:
        from workbench_codemods.fixer import Codemod

        return Codemod(name)

    return make


def _answer() -> Any:
    from workbench_codemods.answering import AnswerFixer

    return AnswerFixer()


def _observability() -> Any:
    from workbench_codemods.observing import ObservabilityFixer

    return ObservabilityFixer()
