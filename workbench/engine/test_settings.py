"""What the settings say of running tests."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.engine.config.read import Config

LONGEST = 3600.0
"""Seconds that a run may take where nothing says otherwise."""

LONGEST_ELSEWHERE = 600.0
"""The same for one run of a change's tests in a worktree."""


@dataclass(frozen=True, slots=True)
class TestSettings:
    """``runner`` is the name of a plugin ("" for whichever fits), ``options`` are more arguments for it, ``timeout`` is
    what a run may take in seconds (None where nothing is set), ``carry`` ignored files that worktrees get, ``racy``
    tests, classes and files that are run often; with ``swap`` a save's tests run off a process that has collected them
    before, function bodies that were saved put into it."""

    __test__ = False

    runner: str = ""
    options: tuple[str, ...] = ()
    timeout: float | None = None
    carry: tuple[str, ...] = ()
    racy: tuple[str, ...] = ()
    swap: bool = True

    @classmethod
    def of(cls, config: Config) -> TestSettings:
        """The settings below ``tests``."""
        seconds = config.get("tests.timeout")
        options, carry, racy = (
            tuple(map(str, config.get(f"tests.{name}", ()))) for name in ("options", "carry", "racy")
        )
        runner, swap = str(config.get("tests.runner", "")), bool(config.get("tests.swap", True))
        return cls(runner, options, float(seconds) if seconds else None, carry, racy, swap)


AS_IT_COMES = TestSettings()
"""Nothing is set."""
