"""A playbook: which analyzers, rules, fixers and gates serve a kind of problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

EVERYTHING = ("*",)


@dataclass(frozen=True, slots=True)
class Playbook:
    """Choices are patterns of names (``*``, ``WB2*``), in order; one that begins with ``!`` leaves out, the last that
    fits decides. ``packs`` are packs of rules, ``red`` are the templates of tests (``queries``,
    ``growth``, ``memory``, ``slow`` ...) that are tried where the evidence calls for none.

    ``origin`` is where it was found: ``built in``, or a file.
    """

    name: str
    title: str = ""
    analyzers: tuple[str, ...] = EVERYTHING
    rules: tuple[str, ...] = EVERYTHING
    packs: tuple[str, ...] = ("default",)
    fixers: tuple[str, ...] = EVERYTHING
    gates: tuple[str, ...] = EVERYTHING
    red: tuple[str, ...] = ()
    origin: str = "built in"


def chosen(name: str, patterns: Sequence[str]) -> bool:
    """Whether ``patterns`` choose ``name``: the last pattern that fits decides. A list that only leaves out begins with
    everything."""
    verdict = bool(patterns) and all(pattern.startswith("!") for pattern in patterns)
    for pattern in patterns:
        if fnmatchcase(name, pattern.removeprefix("!")):
            verdict = not pattern.startswith("!")
    return verdict
