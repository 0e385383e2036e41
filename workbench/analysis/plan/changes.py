"""What a change asks of a deployment, read from its files: flags, dependencies, order of services. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from workbench.analysis.plan.facts import Traffic
from workbench.case.plan import Window

_DEPENDENCIES = re.compile(
    r"(^|/)(requirements[\w.-]*\.(txt|in)|pyproject\.toml|Pipfile(\.lock)?|poetry\.lock|package(-lock)?\.json)$"
)
_CONFIGURATION = re.compile(
    r"(^|/)(settings[\w.-]*\.py|settings/.+\.py|config/.+|[\w.-]+\.(env|ini|cfg)|\.env[\w.-]*)$"
)
_FLAG = re.compile(r"""\b((?:ENABLE|DISABLE|FEATURE|FLAG|USE)_[A-Z0-9_]+|[A-Z0-9_]+_(?:ENABLED|FLAG))\b""")
DAY = 24
SPAN = 2
"""Hours of the window that is looked for."""


def dependencies_of(paths: Sequence[str]) -> tuple[str, ...]:
    """Changed files that name what must be installed."""
    return tuple(path for path in paths if _DEPENDENCIES.search(path))


def configuration_of(paths: Sequence[str]) -> tuple[str, ...]:
    """Changed files of settings."""
    return tuple(path for path in paths if _CONFIGURATION.search(path))


def flags_of(diff: str) -> tuple[tuple[str, str], ...]:
    """Switches that the change brings: names of flags on added lines that no removed line has."""
    path, line = "", 0
    added: dict[str, str] = {}
    removed: set[str] = set()
    for text in diff.splitlines():
        if text.startswith("+++ b/"):
            path = text[6:]
        elif found := re.match(r"@@ -\d+(?:,\d+)? \+(\d+)", text):
            line = int(found[1]) - 1
        elif text.startswith("-"):
            removed.update(_FLAG.findall(text))
        else:
            line += 1
            for name in _FLAG.findall(text) if text.startswith("+") else ():
                added.setdefault(name, f"{path}:{line}")
    return tuple((name, place) for name, place in added.items() if name not in removed)


def services_of(compose: str) -> tuple[str, ...]:
    """Services of a compose file that are built here, those that others depend on first."""
    needs: dict[str, list[str]] = {}
    built: set[str] = set()
    name = ""
    inside = waiting = False
    for text in compose.splitlines():
        bare = text.split("#")[0].rstrip()
        depth = len(bare) - len(bare.lstrip())
        if bare and depth == 0:
            inside = bare == "services:"
        elif inside and depth == 2 and bare.endswith(":"):
            name, waiting = bare.strip(" :"), False
            needs[name] = []
        elif inside and name and depth == 4:
            waiting = bare.strip().startswith("depends_on:")
            built |= {name} if bare.strip().startswith("build") else set()
            needs[name] += re.findall(r"[\w.-]+", bare.partition("[")[2]) if waiting else []
        elif waiting and depth == 6 and (found := re.match(r"\s*(?:-\s*)?([\w.-]+):?$", bare)):
            needs[name].append(found[1])
    return tuple(each for each in _ordered(needs) if each in built)


def _ordered(needs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str, above: frozenset[str]) -> Iterator[str]:
        if name in done or name in above or name not in needs:
            return
        for each in needs[name]:
            yield from visit(each, above | {name})
        done.add(name)
        yield name

    for name in needs:
        yield from visit(name, frozenset())


def traffic_of(stretches: Sequence[tuple[float, float, int]]) -> Traffic:
    """Requests by hour of the day from (start, end, requests) of an access log, each spread evenly over its stretch.

    Hours of the day that the log covers more often than others count by the mean of theirs.
    """
    hours = [0.0] * DAY
    kept = [each for each in stretches if each[2] and each[0] > 0]
    if not kept:
        return Traffic()
    for start, end, requests in kept:
        length = max(end - start, 1.0)
        for hour, seconds in _by_hour(start, start + length):
            hours[hour] += requests * seconds / length
    first, last = min(start for start, _, _ in kept), max(end for _, end, _ in kept)
    covered = [0.0] * DAY
    for hour, seconds in _by_hour(first, last):
        covered[hour] += seconds
    usual = tuple(3600 * hours[at] / max(covered[at], 3600) for at in range(DAY))
    return Traffic(usual, last - first, sum(requests for _, _, requests in kept))


def _by_hour(start: float, end: float) -> Iterator[tuple[int, float]]:
    """The hours of the day that a stretch of time goes through, with its seconds in each."""
    while start < end:
        until = min(end, (start // 3600 + 1) * 3600)
        yield int(start // 3600) % DAY, until - start
        start = until


def window_of(traffic: Traffic) -> Window | None:
    """The SPAN hours of the day with the fewest requests; None where the log does not cover a day."""
    if not traffic.requests or traffic.seconds < (DAY - 1) * 3600:
        return None
    sums = [sum(traffic.hours[(at + step) % DAY] for step in range(SPAN)) for at in range(DAY)]
    at = min(range(DAY), key=lambda hour: (sums[hour], hour))
    day = sum(traffic.hours)
    return Window(at, (at + SPAN) % DAY, sums[at] / day, round(sums[at]), f"{day:.0f} requests of a day")
