"""Opening a session for a verb that runs something: what is wrong in the settings is told, as on screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.output import aside
from workbench.engine.options import Options, from_arguments
from workbench.engine.session import Session


async def opened(arguments: argparse.Namespace, options: Options | None = None) -> Session:
    """A session on ``--repo``. Raises RepositoryError, StoreError."""
    session = await Session.open(Path(arguments.repo), options or from_arguments(arguments))
    for mistake in session.services.config.mistakes:
        aside(f"▲ {mistake}: passed over")
    return session
