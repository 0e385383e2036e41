"""Opening a session for a verb that runs something: what must be known of it is told, as on screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.output import aside
from workbench.engine.options import Options, from_arguments
from workbench.engine.session import Session


async def opened(arguments: argparse.Namespace, options: Options | None = None, repo: Path | None = None) -> Session:
    """A session on ``repo``, else on ``--repo``. Raises RepositoryError, StoreError."""
    session = await Session.open(repo or Path(arguments.repo), options or from_arguments(arguments))
    for what, *rest in session.notices:
        aside(f"▲ {what}")
        for line in rest:
            aside(f"  {line}")
    return session
