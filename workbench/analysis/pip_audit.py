"""pip-audit: how it is asked about a file of requirements, and what its answer means. Pure.

Its exit code is 0 as well when it could look up nothing (each dependency then has a reason why it was skipped), so that
only what it says counts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audited:
    """Vulnerabilities as (dependency, id), how many dependencies could be looked up, and why none could; ``names`` are
    those (normalised), ``skipped`` the others with why."""

    found: tuple[tuple[str, str], ...] = ()
    looked_up: int = 0
    problem: str = ""
    names: frozenset[str] = frozenset()
    skipped: tuple[tuple[str, str], ...] = ()

    def why_not(self, name: str) -> str:
        """Why nothing is known of a dependency; empty where it was looked up."""
        if normal(name) in self.names:
            return ""
        return dict(self.skipped).get(normal(name)) or self.problem or "pip-audit did not name it"


def audit_words(path: str) -> tuple[str, ...]:
    """The command for a file of pinned requirements; nothing is installed."""
    words = ("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off")
    return ("pip-audit", "-r", path, *words)


def read_audit(stdout: bytes, stderr: bytes) -> Audited:
    """What it printed."""
    try:
        listed = json.loads(stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = stderr.decode("utf-8", "replace").strip().splitlines()
        return Audited(problem=f"pip-audit: {lines[-1][:200] if lines else 'it said nothing'}")
    read = [each for each in listed if "skip_reason" not in each]
    found = tuple((str(each["name"]), str(hit["id"])) for each in read for hit in each.get("vulns", ()))
    skipped = tuple((normal(str(each["name"])), str(each["skip_reason"])) for each in listed if "skip_reason" in each)
    why = skipped[0][1] if skipped else "it found no dependency"
    problem = "" if read else f"pip-audit could look up nothing: {why}"
    return Audited(found, len(read), problem, frozenset(normal(str(each["name"])) for each in read), skipped)


def normal(name: str) -> str:
    """A distribution's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
