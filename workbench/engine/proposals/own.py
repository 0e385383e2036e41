"""Fixers that people describe instead of programming: programs that give a patch, and agents that speak a protocol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.api import Fixer
from workbench.engine.manifests import Manifest, command_of
from workbench.engine.proposals.command import OUTPUTS, CommandFixer, Described, FixerOutputError

Speaker = Callable[..., Fixer]
"""Makes a fixer of a program that speaks a protocol (see :meth:`workbench.engine.plugins.Plugins.protocol`)."""


def make_fixer(manifest: Manifest, problem: str, protocol: Callable[[str], Speaker]) -> Fixer:
    """The fixer that ``manifest`` describes. Raises FixerOutputError for a description that is wrong."""
    data = manifest.data
    command, wrong = command_of(manifest, OUTPUTS, "patch")
    if problem or wrong:
        raise FixerOutputError(problem or wrong)
    speaks = str(data.get("protocol", ""))
    title = str(data.get("title", "an agent" if speaks else "a fixer of your own"))
    writes = tuple(str(Path(each).expanduser()) for each in data.get("writes", ()))
    if speaks:
        try:
            speaker = protocol(speaks)
        except KeyError as unknown:
            raise FixerOutputError(f"{manifest.origin}: nothing here speaks {unknown}") from unknown
        return speaker(manifest.name, title, command, writes, dict(data))
    timeout, stdin = float(data.get("timeout", 600.0)), data.get("stdin", "") == "case-json"
    rules = tuple(map(str, data.get("rules", ())))
    return CommandFixer(Described(manifest.name, title, command, timeout, stdin, rules, writes))
