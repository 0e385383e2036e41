"""What a change asks of a deployment, read from its files: migrations, flags, dependencies, order of services. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from workbench.analysis.plan.facts import Migration, Traffic
from workbench.case.plan import Window

_ADDS = {"AddField": 1, "CreateModel": 0}
_REMOVES = {"RemoveField": 1, "DeleteModel": 0, "RenameField": 1, "RenameModel": 0}
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


def is_migration(path: str) -> bool:
    """Whether a path is a migration of Django or Alembic, or SQL beside them."""
    parts = PurePosixPath(path)
    return (
        ("migrations" in parts.parts[:-1] or ("alembic" in parts.parts and "versions" in parts.parts))
        and parts.name != "__init__.py"
        and parts.suffix in (".py", ".sql")
    )


def migrations_of(added: Mapping[str, str], known: Sequence[str]) -> tuple[Migration, ...]:
    """The migrations among ``added`` (path to text), in the order of their names; ``known`` are all paths at base."""
    found = []
    for path in sorted(path for path in added if is_migration(path)):
        place = PurePosixPath(path)
        app = place.parent.parent.name if place.parent.name == "migrations" else ""
        before = sorted(
            PurePosixPath(each).stem for each in known if is_migration(each) and each.startswith(f"{place.parent}/")
        )
        adds, removes = _operations(added[path])
        found.append(Migration(path, app, place.stem, before[-1] if before else "zero", adds, removes))
    return tuple(found)


def _operations(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields and tables that a migration adds and removes; SQL is read for its ALTER, CREATE and DROP."""
    try:
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        calls = []
    adds, removes = [], []
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        texts = [value for value in map(_text, [*call.args, *(each.value for each in call.keywords)]) if value]
        if name in _ADDS and texts:
            adds.append(".".join(texts[: _ADDS[name] + 1]))
        elif name in _REMOVES and texts:
            removes.append(".".join(texts[: _REMOVES[name] + 1]))
        elif name in ("add_column", "create_table") and texts:
            adds.append(texts[0])
        elif name in ("drop_column", "drop_table") and texts:
            removes.append(".".join(texts[:2]))
    if not calls:
        adds += re.findall(r"(?i)\b(?:add column|create table)\s+(?:if not exists\s+)?([\w.\"]+)", text)
        removes += re.findall(r"(?i)\bdrop (?:column|table)\s+(?:if exists\s+)?([\w.\"]+)", text)
    return tuple(adds), tuple(removes)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


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
    """Requests by hour of the day from (start, end, requests) of an access log, each spread evenly over its stretch."""
    hours = [0.0] * DAY
    kept = [each for each in stretches if each[2] and each[0] > 0]
    for start, end, requests in kept:
        at, left = start, max(end - start, 1.0)
        while at < start + left:
            until = min(start + left, (at // 3600 + 1) * 3600)
            hours[int(at // 3600) % DAY] += requests * (until - at) / left
            at = until
    if not kept:
        return Traffic()
    covered = max(end for _, end, _ in kept) - min(start for start, _, _ in kept)
    return Traffic(tuple(hours), covered, sum(requests for _, _, requests in kept))


def window_of(traffic: Traffic) -> Window | None:
    """The SPAN hours of the day with the fewest requests; None where the log does not cover a day."""
    if not traffic.requests or traffic.seconds < (DAY - 1) * 3600:
        return None
    sums = [sum(traffic.hours[(at + step) % DAY] for step in range(SPAN)) for at in range(DAY)]
    at = min(range(DAY), key=lambda hour: (sums[hour], hour))
    return Window(at, (at + SPAN) % DAY, sums[at] / traffic.requests, round(sums[at]), f"{traffic.requests} requests")
