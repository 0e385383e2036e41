"""How a plugin announces itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pluggy

hookspec = pluggy.HookspecMarker("workbench")
hookimpl = pluggy.HookimplMarker("workbench")


class Register(Protocol):
    """Announces one plugin.

    ``needs``: ``command:NAME``, ``import:NAME``, ``file:PATH`` (in the repository) or ``input:KIND`` (of the question),
    all required; ``after`` names analyzers whose reports must be in before this one is asked; ``index`` among them
    waits for the index.
    """

    def __call__(
        self,
        name: str,
        factory: Callable[[], Any],
        *,
        title: str,
        needs: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        """Register ``factory``, called once, when first needed."""
        ...


@hookspec
def register_log_sources(register: Register) -> None:
    """Announce log sources."""


@hookspec
def register_log_formats(register: Register) -> None:
    """Announce log formats: a factory gives a LogFormat."""


@hookspec
def register_analyzers(register: Register) -> None:
    """Announce analyzers."""


@hookspec
def register_runners(register: Register) -> None:
    """Announce test runners."""


@hookspec
def register_fixers(register: Register) -> None:
    """Announce fixers."""


@hookspec
def register_gates(register: Register) -> None:
    """Announce gates."""
