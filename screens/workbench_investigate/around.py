"""Around the code: the hosts that it calls ("us or them"), metrics, and its database where one was given. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from workbench_kit.line import Line, Piece
from workbench_kit.marks import sparkline
from workbench_kit.panel import Build, Row
from workbench_kit.text import fit, wrap
from workbench_kit.time_axis import marked, marks
from workbench_kit.when import clock

from workbench.case.logs import Change
from workbench.case.metrics import Series
from workbench.case.outside import DatabaseFacts, TableFacts, Upstream
from workbench.engine.views import Views

HOSTS, TABLES, ISSUES, SERIES = 8, 8, 8, 8
COURSE = 16
"""Bars of a metric's course at most, beside its marks."""


def around(views: Views, since: datetime | None = None) -> Build:
    """Rows for what is known of them; of hosts, calls and failures ``since`` then where that was asked."""

    def build(width: int) -> list[Row]:
        databases = (row for each in views.databases for row in _database(each, width))
        return [*_hosts(views, width, since), *_series(views.series, views.changes, width), *databases]

    return build


def around_caption(views: Views) -> str:
    """How many hosts fail, and which database was looked at."""
    bad = sum(host.failures > 0 for host in views.upstreams)
    told = [f"{bad} of {len(views.upstreams)} hosts fail" if views.upstreams else ""]
    told += [f"{len(views.series)} series"] if len(views.series) > 1 else ["1 series"] * len(views.series)
    told += [each.system for each in views.databases]
    return " · ".join(filter(None, told))


def _series(series: Sequence[Series], changes: Sequence[Change], width: int) -> Iterator[Row]:
    """Each metric with its course, on which changes are marked, when its level changed, and what came before that."""
    for each in series[:SERIES]:
        course = _course(each, changes)
        used = 1 + sum(len(text) for text, _ in course)
        yield Row(Line(((fit(each.name, max(8, width - used)), ""),), course), ref=each.id)
        if each.shift is not None:
            shift = each.shift
            text = f"  {shift.before:.4g} → {shift.after:.4g} at {clock(shift.at)}"
            yield Row(Line(((text, "warning"),)), ref=each.id)
            event = next((change for change in changes if change.id == f"metric:{each.id}"), None)
            told = event.signals[0].detail if event and event.signals else "nothing that is known changed before it"
            yield from (Row(Line(((f"  {part}", "history"),)), ref=each.id) for part in wrap(told, max(10, width - 2)))


def _course(series: Series, changes: Sequence[Change]) -> tuple[Piece, ...]:
    bars = sparkline(series.sparkline, COURSE)
    ends = (series.points[0][0], series.points[-1][0]) if len(series.points) > 1 else None
    return marked(bars, marks(changes, *ends) if ends and ends[0] < ends[1] else (), "info")


def _hosts(views: Views, width: int, since: datetime | None) -> Iterator[Row]:
    if not views.upstreams:
        return
    columns = f"{'calls':>7}{'failed':>8}{'retries':>8}{'p95':>8}"
    room = max(8, width - len(columns))
    head = f"host, since {clock(since)}" if since is not None else "host"
    yield Row(Line(((fit(head, room), "muted"), (columns, "muted"))))
    for host in views.upstreams[:HOSTS]:
        if since is not None and host.after is not None:
            host = replace(host, calls=host.after[0], failures=host.after[1])
        yield Row(_host(host, room), ref=f"upstream:{host.host}")


def _host(host: Upstream, room: int) -> Line:
    tone = "error" if host.failures else "success"
    glyph = "✘ " if host.failures else "✔ "
    slow = "–" if host.p95 is None else f"{host.p95 * 1000:.0f} ms" if host.p95 < 10 else f"{host.p95:.0f} s"
    figures: tuple[Piece, ...] = (
        (f"{host.calls:>7}", ""),
        (f"{host.failures:>8}", tone),
        (f"{host.retries:>8}{slow:>8}", "muted"),
    )
    return Line(((glyph, tone), (fit(host.host, room - 2), ""), *figures))


def _database(facts: DatabaseFacts, width: int) -> Iterator[Row]:
    yield Row(Line(((f"{facts.system} ", "strong"), (facts.name, "muted"))))
    for table in facts.tables[:TABLES]:
        yield from _table(table)
    for issue in facts.issues[:ISSUES]:
        for number, part in enumerate(wrap(issue.text, max(10, width - 2))):
            yield Row(Line((("▲ " if not number else "  ", "warning"), (part, ""))), ref=issue.id)
    for text in facts.denied:
        for number, part in enumerate(wrap(text, max(10, width - 2))):
            yield Row(Line((("– " if not number else "  ", "muted"), (part, "muted"))))


def _table(table: TableFacts) -> Iterator[Row]:
    rows = "not counted" if table.rows is None else f"{'about ' if table.estimated else ''}{table.rows:,} rows"
    name = "strong" if table.hot else ""
    yield Row(Line(((table.name, name),), right=((rows, "muted"),)), table.path, table.line)
    for dead in table.dead:
        text = f"  {dead.count:,} look dead: {dead.rule}" + (f", oldest {dead.oldest}" if dead.oldest else "")
        yield Row(Line(((text, "warning"),)), table.path, table.line)
