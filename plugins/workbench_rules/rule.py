"""What a rule is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workbench.api import Severity
from workbench_rules.module import Module


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule holds: the node and the sentence that a person reads."""

    node: ast.stmt | ast.expr | ast.ExceptHandler
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A failure rule. ``bad`` and ``good`` are complete snippets that the tests run it on; ``pack`` is ``default`` or
    ``more``. ``whole``: it needs all files at once (see ``uncaught``); ``check`` then takes one file for the whole."""

    id: str
    title: str
    why: str
    severity: Severity
    check: Callable[[Module], Iterator[Hit]]
    bad: str
    good: str
    pack: str = "default"
    whole: bool = False
