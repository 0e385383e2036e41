"""Under pytest-django each run gets test databases of its own: two at once must not take each other's away. They are
filled from a copy where the engine keeps one (WORKBENCH_DATABASES).

A database that Django keeps in memory is one run's alone already. In the user's own tree a database that they keep from
run to run (``--reuse-db``) stays what it is.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from typing import Any

import pytest

_LONGEST = 40
"""Characters of a database's own name that are kept: PostgreSQL takes 63, and suffixes of xdist follow."""


_NAMES = ("django", "pytest_django.plugin", "pytest_django")
"""What pytest-django is registered as: by its entry point, or by ``-p``."""


def at_work(config: Any) -> bool:
    """Whether pytest-django prepares this run."""
    return any(map(config.pluginmanager.hasplugin, _NAMES))


def register(config: Any) -> None:
    """Do it for this run, where pytest-django is at work."""
    if at_work(config):
        config.pluginmanager.register(sys.modules[__name__], "workbench-databases")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: Any) -> None:
    settings = sys.modules.get("django.conf")
    if settings is None or not settings.settings.configured:
        return
    if getattr(session.config.option, "reuse_db", False):
        if not os.environ.get("WORKBENCH_HOME_TREE"):
            return
        session.config.option.reuse_db = False
    own = os.path.basename(os.path.dirname(os.environ.get("WORKBENCH_EVENTS") or "")) or str(os.getpid())
    for database in settings.settings.DATABASES.values():
        _rename(database, re.sub(r"\W", "_", own))
    if os.environ.get("WORKBENCH_DATABASES"):
        import_module("workbench_kept_databases").keep(os.environ["WORKBENCH_DATABASES"])


def _rename(database: Any, own: str) -> None:
    test = database.setdefault("TEST", {})
    name = test.get("NAME")
    if test.get("MIRROR") or not database.get("ENGINE"):
        return
    if database["ENGINE"].endswith("sqlite3"):
        if name and "memory" not in str(name):
            test["NAME"] = f"{name}_{own}"
    else:
        test["NAME"] = f"{str(name or 'test_' + str(database['NAME']))[:_LONGEST]}_{own[-20:]}"
