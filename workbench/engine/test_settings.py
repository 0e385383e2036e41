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
    tests, classes and files that are run often."""

    __test__ = False

    runner: str = ""
    options: tuple[str, ...] = ()
    timeout: float | None = None
    carry: tuple[str, ...] = ()
    racy: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Config) -> TestSettings:
        """The settings below ``tests``."""
        seconds = config.get("tests.timeout")
        options, carry, racy = (
            tuple(map(str, config.get(f"tests.{name}", ()))) for name in ("options", "carry", "racy")
        )
        return cls(str(config.get("tests.runner", "")), options, float(seconds) if seconds else None, carry, racy)


AS_IT_COMES = TestSettings()
"""Nothing is set."""
