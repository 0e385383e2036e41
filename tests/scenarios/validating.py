"""Judging a change of a small repository headless, through the engine, by the gates that a test names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.conftest import RepoBuilder
from workbench.case.events import Event
from workbench.case.model import GateResult
from workbench.engine.options import Options
from workbench.engine.session import Session
from workbench.engine.validate import gates_of, validation_of


def options(repo: RepoBuilder, actor: str = "you", case: str = "") -> Options:
    """Data and cache beside the repository."""
    folder = repo.path.parent
    return Options(data=folder / "data", cache=folder / "cache", jobs=1, actor=actor, trust=True, case=case)


async def judged(
    repo: RepoBuilder,
    *gates: str,
    events: Sequence[Event] = (),
    progress: list[tuple[str, int, int]] | None = None,
    confirmed: Sequence[str] = (),
) -> Mapping[str, GateResult]:
    """What each of ``gates`` says of the working tree, in a case of its own that holds ``events``."""
    session = await Session.open(repo.path, options(repo))
    told = progress if progress is not None else []
    try:
        if events:
            await session.services.journal.append(*events)
        async with validation_of(session.services, named=gates, confirmed=confirmed) as validation:
            chosen = gates_of(session.services, gates)
            results = await validation.run(chosen, progress=lambda *said: told.append(said))
            return {result.id: result for result in results}
    finally:
        await session.close()
