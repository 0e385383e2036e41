"""How the user's server is started: from the settings, or as the repository shows."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbench.api import ChangeSubject, Command, Output
from workbench_server.detect import application, django_settings

PATIENCE = 600.0
"""Seconds that a whole run of the driver may take."""

WORKERS = 2
"""Server processes that share a database, unless the settings say how many."""


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What the driver needs to start one side. ``settings`` is Django's module, ``app`` module:attribute of another
    application, ``command`` what starts the server instead of either."""

    command: tuple[str, ...] = ()
    app: str = ""
    settings: str = ""
    ready: str = "/"
    prepare: tuple[tuple[str, ...], ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    workers: int = WORKERS


class NoServerError(Exception):
    """Nothing says how the server is started; the message says what would."""


def server_plan(subject: ChangeSubject) -> ServerPlan:
    """How to start the server of the change. Raises NoServerError."""
    given: Mapping[str, Any] = config(subject).get("server", {})
    root, named = Path(subject.head_worktree), given.get("command") or given.get("app")
    settings = "" if named else django_settings(root)
    plan = ServerPlan(
        command=tuple(given.get("command", ())),
        app=given.get("app", "") if named or settings else application(root),
        settings=settings,
        ready=given.get("ready", "/"),
        prepare=tuple(map(tuple, given.get("prepare", ()))),
        env={str(key): str(value) for key, value in given.get("env", {}).items()},
        workers=max(1, int(given.get("workers", WORKERS))),
    )
    if not (plan.command or plan.app or plan.settings):
        raise NoServerError("no server is known: set server.command or server.app in workbench.toml")
    return plan


def config(subject: ChangeSubject) -> Mapping[str, Any]:
    """The repository's settings."""
    values: Mapping[str, Any] = subject.settings.get("config", {})
    return values


def drive(subject: ChangeSubject, what: str, plan: ServerPlan, **more: Any) -> Command:
    """The command that starts both sides and does ``what`` to them."""
    order = {
        "what": what,
        "interpreter": subject.interpreter,
        "sides": {"base": subject.base_worktree, "head": subject.head_worktree},
        "server": asdict(plan),
        **more,
    }
    order.setdefault("fill", config(subject).get("faults", {}).get("proxies", {}))
    argv = (sys.executable, "-P", "-m", "workbench_server.drive")
    return Command(argv, read, stdin=json.dumps(order).encode(), timeout=PATIENCE, executes=True)


def read(output: Output) -> list[Any]:
    """What the driver reported, as one document; where it failed, a document with ``error``."""
    if output.timed_out:
        return [{"error": f"stopped after {PATIENCE:g} s"}]
    lines = output.stdout.decode("utf-8", "replace").strip().splitlines()
    if output.exit_code == 0 and lines:
        return [json.loads(lines[-1])]
    said = output.stderr.decode("utf-8", "replace").strip().splitlines()
    return [{"error": said[-1] if said else f"the driver ended with code {output.exit_code}"}]
