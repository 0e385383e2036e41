"""``workbench validate --explain``: which gates apply, why, and what each needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.cli.common import GOOD
from workbench.cli.output import print_json, say
from workbench.engine.gates.settings import rules_of
from workbench.engine.plugins import Registered, missing
from workbench.engine.validate import Validation


def explain(validation: Validation, gates: Sequence[Registered], form: str) -> int:
    """Print it as text or JSON; gives the exit code."""
    rows = [_row(validation, plugin) for plugin in gates]
    if form == "json":
        print_json({"schema": 1, "tree": validation.change.head, "gates": rows})
        return GOOD
    for row in rows:
        why = f" because {row['proposed']}" if row["proposed"] else ""
        say(f"{'○' if row['applies'] else '–'} {row['id']:14} {row['title']}{why}")
        details = [row["why_not"], f"needs {', '.join(row['needs'])}" if row["needs"] else ""]
        details += ["" if row["required"] else "the verdict does not rest on it"]
        details += [f"tools in an environment of {', '.join(row['environment'])}" if row["environment"] else ""]
        details += ["runs alone" if row["exclusive"] else "", f"limit {row['limit']:g} s"]
        say(f"  {'':14} {'; '.join(filter(None, details))}")
    return GOOD


def _row(validation: Validation, plugin: Registered) -> dict[str, Any]:
    subject, services = validation.subject, validation.services
    row: dict[str, Any] = {"id": plugin.name, "title": plugin.title, "version": plugin.version}
    row["proposed"] = subject.settings["proposed"].get(plugin.name, "")
    row["needs"] = [*plugin.needs]
    row["missing"] = list(missing(plugin.needs, services.repository.root))
    try:
        why = validation.why_not(plugin, plugin.name in subject.settings["named"])
        rules = rules_of(services.config, plugin.name, plugin.make())
    except Exception as failure:  # noqa: BLE001 - the plugin seam: a gate that fails is a row that says so
        said = f"{type(failure).__name__}: {failure}"
        return {
            **row,
            "applies": False,
            "why_not": said,
            "required": True,
            "exclusive": False,
            "limit": 0.0,
            "environment": [],
        }
    return {
        **row,
        "applies": not why,
        "why_not": why,
        "required": rules.required,
        "exclusive": rules.exclusive,
        "limit": rules.limit,
        "environment": [*rules.environment],
    }
