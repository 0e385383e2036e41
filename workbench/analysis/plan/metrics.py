"""The names of the metrics there are, and which of them serve the five things that are watched. Pure.

Format of /metrics: prometheus.io/docs/instrumenting/exposition_formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MADE = re.compile(
    r"""\b(?:Counter|Gauge|Histogram|Summary)\(\s*["']([a-zA-Z_:][\w:]*)["']\s*,\s*(?:["'][^"']*["']\s*,?\s*)?"""
    r"""(?:labelnames\s*=\s*)?(?:[\[(]([^\])]*)[\])])?"""
)
_KIND = re.compile(r"""\b(Counter|Gauge|Histogram|Summary)\(\s*["']([a-zA-Z_:][\w:]*)["']""")
_EXPOSED = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})?\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The metric for one thing, its labels for the status, the endpoint and the error; ``missing`` where nothing has
    it, ``lacks`` the labels that it was not seen with. ``limit`` is the metric that says how much of it there can be.
    """

    name: str
    status: str = "status"
    endpoint: str = "path"
    missing: bool = True
    error: str = "family"
    lacks: tuple[str, ...] = ()
    limit: str = ""

    def gone(self, *labels: str) -> tuple[str, ...]:
        """What nothing has of the metric and of ``labels`` on it, in PromQL's notation."""
        if self.missing:
            return (self.name,)
        return tuple(f"{self.name}{{{label}}}" for label in labels if label in self.lacks)


def in_code(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Metrics that code makes with a Prometheus client: name, as it is exposed, to labels."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        kinds = {name: kind for kind, name in _KIND.findall(text)}
        for name, labels in _MADE.findall(text):
            named = tuple(re.findall(r"""["'](\w+)["']""", labels))
            for suffix in _SUFFIXES[kinds.get(name, "Gauge")]:
                found[name if name.endswith(suffix) else f"{name}{suffix}"] = named
    return found


_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "Counter": ("_total",),
    "Gauge": ("",),
    "Histogram": ("_bucket", "_count", "_sum"),
    "Summary": ("_count", "_sum"),
}


def exposed(text: str) -> dict[str, tuple[str, ...]]:
    """Metrics of a page of /metrics: name to labels."""
    found: dict[str, set[str]] = {}
    for name, labels in _EXPOSED.findall(text):
        found.setdefault(name, set()).update(re.findall(r"(\w+)=", labels))
    return {name: tuple(sorted(labels)) for name, labels in found.items()}


_STATUS = ("status", "code", "status_code", "http_status", "http_response_status_code")
_ENDPOINT = ("path", "handler", "route", "view", "endpoint", "uri", "http_route")
FAMILY = ("family", "fingerprint")
"""Labels that hold an error's fingerprint; the others of _ERROR hold its type."""
_ERROR = (*FAMILY, "type", "exception", "exception_type", "error_type", "exception_class", "error", "class", "name")
_REQUESTS = re.compile(r"(?=.*(request|response))(?=.*total)|^http.*_count$")
_LATENCY = re.compile(r"(?=.*(duration|latency|seconds))(?=.*(request|response|http)).*_bucket$")
_POOL = re.compile(r"(?=.*(pool|connections?))(?!.*(total|created)$)")
_WAITS = re.compile(r"wait|pending|queue")
_LIMIT = re.compile(r"max|limit|size|capacity")
_ERRORS = re.compile(r"(?=.*(error|exception)).*total$")


def choose(metrics: Mapping[str, tuple[str, ...]]) -> dict[str, Chosen]:
    """What to watch each thing by: requests, latency, pool, errors; a conventional name marked missing where there is
    none."""
    return {
        "requests": _chosen(metrics, _REQUESTS, "http_requests_total", needs_status=True),
        "latency": _chosen(metrics, _LATENCY, "http_request_duration_seconds_bucket"),
        "pool": _pool(metrics),
        "errors": _chosen(metrics, _ERRORS, "app_errors_total"),
    }


def _pool(metrics: Mapping[str, tuple[str, ...]]) -> Chosen:
    """What waits for the pool before what is in use of it; with its limit where there is one."""
    fits = [name for name in sorted(metrics) if _POOL.search(name)]
    used = [name for name in fits if not _LIMIT.search(name)]
    waits = [name for name in used if _WAITS.search(name)]
    if not used:
        return Chosen("db_pool_waiting")
    limits = [name for name in fits if _LIMIT.search(name) and name.split("_")[0] == used[0].split("_")[0]]
    return Chosen((waits or used)[0], missing=False, limit="" if waits or not limits else limits[0])


def _chosen(
    metrics: Mapping[str, tuple[str, ...]], wanted: re.Pattern[str], otherwise: str, needs_status: bool = False
) -> Chosen:
    fits = [name for name in sorted(metrics) if wanted.search(name)]
    if needs_status:
        fits = [name for name in fits if set(metrics[name]) & set(_STATUS)]
    if not fits:
        return Chosen(otherwise)
    labels = metrics[fits[0]]
    status, endpoint, error = (
        next((name for name in known if name in labels), known[0]) for known in (_STATUS, _ENDPOINT, _ERROR)
    )
    return Chosen(fits[0], status, endpoint, False, error, tuple({status, endpoint, error} - {*labels}))
