"""How a project writes logs and counts things: read from its files, so that what is added speaks the same way. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_STRUCTLOG = re.compile(r"\bstructlog\.get_logger\(")
_LOGGING = re.compile(r"\blogging\.getLogger\(")
_PROMETHEUS = re.compile(r"^(?:from|import) prometheus_client\b", re.MULTILINE)
_OPENTELEMETRY = re.compile(r"\bget_meter\(")
_STATSD = re.compile(r"^(from [\w.]+ import statsd\b.*|import statsd)$", re.MULTILINE)
_INCREMENT = re.compile(r"\bstatsd\.(incr|increment)\(")

LOGGER = re.compile(
    r"^(\w*log\w*) *(?::[^=\n]*)?= *(logging\.getLogger|structlog\.get_logger)\(", re.MULTILINE | re.IGNORECASE
)
"""A logger of a module: its name, and what made it."""


@dataclass(frozen=True, slots=True)
class Idiom:
    """``log`` is logging or structlog; ``metric`` prometheus, opentelemetry, statsd or "" where nothing is counted;
    ``statsd`` the import line and the verb of the project's own."""

    log: str = "logging"
    metric: str = ""
    statsd: tuple[str, str] = ("", "")


def idiom_of(texts: Iterable[str]) -> Idiom:
    """What the files ``texts`` use, the commonest where they differ."""
    counts = dict.fromkeys(("structlog", "logging", "prometheus", "opentelemetry", "statsd"), 0)
    imported, verb = "", "incr"
    for text in texts:
        counts["structlog"] += bool(_STRUCTLOG.search(text))
        counts["logging"] += bool(_LOGGING.search(text))
        counts["prometheus"] += bool(_PROMETHEUS.search(text))
        counts["opentelemetry"] += bool(_OPENTELEMETRY.search(text))
        if (found := _STATSD.search(text)) and (called := _INCREMENT.search(text)):
            counts["statsd"] += 1
            imported, verb = imported or found[1], called[1]
    metric = max(("prometheus", "opentelemetry", "statsd"), key=lambda name: counts[name])
    log = "structlog" if counts["structlog"] > counts["logging"] else "logging"
    return Idiom(log, metric if counts[metric] else "", (imported, verb) if imported else ("", ""))
