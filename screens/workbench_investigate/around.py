"""Around the code: the hosts that it calls ("us or them"), and its database where one was given. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import fit, wrap

from workbench.case.outside import DatabaseFacts, TableFacts, Upstream
from workbench.engine.views import Views

HOSTS, TABLES, ISSUES = 8, 8, 8


def around(views: Views) -> Build:
    """Rows for both; none where neither is known."""
    return lambda width: [*_hosts(views, width), *(row for each in views.databases for row in _database(each, width))]


def around_caption(views: Views) -> str:
    """How many hosts fail, and which database was looked at."""
    bad = sum(host.failures > 0 for host in views.upstreams)
    told = [f"{bad} of {len(views.upstreams)} hosts fail" if views.upstreams else ""]
    told += [each.system for each in views.databases]
    return " · ".join(filter(None, told))


def _hosts(views: Views, width: int) -> Iterator[Row]:
    if not views.upstreams:
        return
    columns = f"{'calls':>7}{'failed':>8}{'retries':>8}{'p95':>8}"
    room = max(8, width - len(columns))
    yield Row(Line(((fit("host", room), "muted"), (columns, "muted"))))
    for host in views.upstreams[:HOSTS]:
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
