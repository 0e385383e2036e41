"""Series from Prometheus' HTTP API, from a saved answer of ``query_range``, from a CSV. Runs in a worker.

Format: prometheus.io/docs/prometheus/latest/querying/api/#range-queries.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Points = list[tuple[datetime, float]]
LIMIT = 64 << 20
"""Bytes of an answer or a file at most."""
SAMPLES = 240
"""Samples that are asked for over the window."""
_ADDRESS = re.compile(r"(?P<base>https?://[^?]+|env:\w+)\?query=(?P<query>.+)", re.DOTALL)


class MetricsError(ValueError):
    """Metrics that could not be read; the text says which and why, without a password."""


def read_series(source: str, start: float, end: float) -> list[tuple[str, Points]]:
    """Name and points of every series at ``source``; an address is asked for the window in seconds since 1970.

    Raises MetricsError.
    """
    try:
        if source.startswith(("http://", "https://", "env:")):
            return list(_answer(json.loads(_asked(source, start, end))))
        data = Path(source).read_bytes()[:LIMIT].decode("utf-8-sig", "replace")
        return list(_answer(json.loads(data)) if data.lstrip().startswith("{") else _table(data))
    except urllib.error.HTTPError as error:
        raise MetricsError(f"{shown(source)}: answered {error.code} {error.reason}") from error
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise MetricsError(f"{shown(source)}: {getattr(error, 'reason', None) or error}") from error


def shown(source: str) -> str:
    """A source without what stands before the @ of its address; a file by its name."""
    if source.startswith(("http://", "https://", "env:")):
        return re.sub(r"//[^/@\s]+@", "//***@", source)
    return Path(source).name


def _asked(source: str, start: float, end: float) -> bytes:
    found = _ADDRESS.fullmatch(source)
    if found is None:
        raise ValueError("give http://HOST:9090?query=EXPR")
    base = os.environ.get(found["base"][4:], "") if found["base"].startswith("env:") else found["base"]
    if not base.startswith(("http://", "https://")):
        raise ValueError("no address in that variable of the environment")
    step = max(15, round((end - start) / SAMPLES))
    query = {"query": urllib.parse.unquote(found["query"]), "start": f"{start:.0f}", "end": f"{end:.0f}", "step": step}
    url = f"{base.rstrip('/').removesuffix('/api/v1/query_range')}/api/v1/query_range?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        data: bytes = answer.read(LIMIT)
    return data


def _answer(document: Any) -> Iterator[tuple[str, Points]]:
    if document.get("status") == "error":
        raise ValueError(f"Prometheus says {document.get('errorType')}: {document.get('error')}")
    for result in document["data"]["result"]:
        pairs = result.get("values") or [result["value"]]
        yield _name(result.get("metric", {})), _points((float(at), value) for at, value in pairs)


def _name(metric: Mapping[str, str]) -> str:
    labels = ", ".join(f'{key}="{value}"' for key, value in sorted(metric.items()) if key != "__name__")
    name = metric.get("__name__", "")
    return f"{name}{{{labels}}}" if labels else name or "the query"


def _table(text: str) -> Iterator[tuple[str, Points]]:
    """The first column is the time (ISO 8601 or seconds), every other a series by its heading."""
    rows = list(csv.reader(io.StringIO(text)))
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError("not a CSV with a heading, a time and a value")
    for column, name in enumerate(rows[0][1:], 1):
        yield name, _points((_seconds(row[0]), row[column]) for row in rows[1:] if len(row) > column and row[0])


def _seconds(text: str) -> float:
    try:
        found = float(text)
        return found / 1000 if found > 1e11 else found
    except ValueError:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _points(pairs: Iterator[tuple[float, Any]] | Sequence[tuple[float, Any]]) -> Points:
    found: Points = []
    for at, value in pairs:
        try:
            number = float(value)
        except (TypeError, ValueError):
            continue
        if math.isfinite(number):
            found.append((datetime.fromtimestamp(at, UTC), number))
    return sorted(found)
