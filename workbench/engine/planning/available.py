"""Which metrics there are: /metrics pages and Prometheus itself, asked in a worker."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from workbench.analysis.plan.metrics import exposed
from workbench.api import Chunk
from workbench.engine.services import Services

LIMIT = 16 << 20


async def from_sources(services: Services, sources: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Names and labels of what ``sources`` (as ``--metrics`` takes them) have; one that does not answer has none."""
    found: dict[str, tuple[str, ...]] = {}
    for source in sources:
        for names in await services.pool.run_chunk(Chunk(names_at, (source,), timeout=60)):
            found.update(names)
    return found


def base_of(source: str) -> str:
    """The address of a source without its query; empty for a file."""
    where = source.partition("?query=")[0]
    if where.startswith("env:"):
        where = os.environ.get(where[4:], "").partition("?query=")[0]
    return where.rstrip("/") if where.startswith(("http://", "https://")) else ""


def names_at(source: str) -> list[dict[str, tuple[str, ...]]]:
    """For a worker: the metrics of one source: a page of /metrics, a saved one, or every series that Prometheus has."""
    base = base_of(source)
    try:
        if not base:
            return [exposed(Path(source).read_text(encoding="utf-8", errors="replace"))]
        if base.endswith("/metrics"):
            return [exposed(fetched(base).decode("utf-8", "replace"))]
        everything = urllib.parse.urlencode({"match[]": '{__name__!=""}'})
        given = json.loads(fetched(f"{base}/api/v1/series?{everything}"))
        found: dict[str, set[str]] = {}
        for series in given["data"]:
            found.setdefault(series["__name__"], set()).update(series.keys() - {"__name__"})
        return [{name: tuple(sorted(labels)) for name, labels in found.items()}]
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError):
        return [{}]


def fetched(url: str) -> bytes:
    """What stands at an address. Raises OSError."""
    with urllib.request.urlopen(url, timeout=15) as answer:
        data: bytes = answer.read(LIMIT)
    return data
