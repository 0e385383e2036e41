"""Six incidents: the first cause has the right class and place, and a plausible wrong one what speaks against it."""

from __future__ import annotations

from pathlib import Path

from tests.incidents.configuration import configuration_change
from tests.incidents.descriptors import no_descriptors
from tests.incidents.load import more_load
from tests.incidents.rows import orphans
from tests.incidents.run import Incident, investigated
from tests.incidents.upstream import flaky_upstream
from workbench.case.enums import CauseClass
from workbench.case.model import Hypothesis
from workbench.demo import write_demo
from workbench.engine.session import Session


def told(cause: Hypothesis) -> str:
    return " | ".join(item.text for item in (*cause.supporting, *cause.against))


def summary(session: Session, analyzer: str) -> str:
    return next(check.summary for check in session.views.checks if check.analyzer == analyzer)


async def test_the_demo_incident_is_in_the_code(tmp_path: Path) -> None:
    demo = write_demo(tmp_path)
    async with investigated(Incident(demo.repo, demo.log, demo.question, ""), tmp_path) as session:
        first, *others = session.views.causes
        assert (first.cause_class, first.path) == (CauseClass.CODE, "accounts/tokens.py")
        assert "1145359d" in told(first)
        release = session.views.deployed
        assert release is not None
        assert (release.name, release.previous) == ("r412", "r411")
        pool = next(cause for cause in others if cause.cause_class is CauseClass.CONFIGURATION)
        assert "DB_TIMEOUT 5 → 1" in pool.statement
        assert "it does not explain" in told(pool)
        index = next(cause for cause in others if cause.cause_class is CauseClass.DATA)
        assert index.statement == "migration accounts/0007_expires_at: AddIndex on token", "alone it is told whole"
        library = next(cause for cause in others if cause.cause_class is CauseClass.DEPENDENCY)
        assert "no error speaks of PyJWT" in told(library)
        assert "accounts/tokens.py:6 names it" in told(library)
        assert library.confidence < pool.confidence


async def test_a_bad_setting_is_found_before_code_and_library(tmp_path: Path) -> None:
    async with investigated(configuration_change(tmp_path), tmp_path) as session:
        first, *others = session.views.causes
        assert (first.cause_class, first.path, first.line) == (CauseClass.CONFIGURATION, "deploy/production.env", 2)
        assert first.statement == "POOL_SIZE 8 → 1"
        assert "PoolTimeout speaks of pool" in told(first)
        assert "(correlation)" in told(first)
        code = next(cause for cause in others if cause.cause_class is CauseClass.CODE)
        assert code.path == "shop/pool.py"
        assert any("POOL_SIZE 8 → 1" in item.text for item in code.against)
        library = next(cause for cause in others if cause.cause_class is CauseClass.DEPENDENCY)
        assert library.against
        assert "no cause in the code found" in summary(session, "causes")


async def test_a_flaky_upstream_is_found_before_the_code_that_calls_it(tmp_path: Path) -> None:
    incident = flaky_upstream(tmp_path)
    pay, catalog = (address.removeprefix("http://") for address in incident.said.split())
    async with investigated(incident, tmp_path) as session:
        first, *others = session.views.causes
        assert first.cause_class is CauseClass.EXTERNAL_SERVICE
        assert (first.statement.split(" ")[0], first.path) == (pay, "shop/client.py")
        assert f"{catalog} answers: 0 of 360 calls failed" in told(first)
        assert "nothing of ours changed" in told(first)
        table = {host.host: host for host in session.views.upstreams}
        assert table[catalog].failures == 0
        assert table[pay].failures > 30
        assert table[pay].retries > 0
        assert table[pay].timeouts > 0
        assert table[pay].p95 is not None
        code = next(cause for cause in others if cause.cause_class is CauseClass.CODE)
        assert code.confidence < first.confidence
        assert any(pay in item.text for item in code.against)
        assert "no cause in the code found" in summary(session, "causes")


async def test_a_host_without_descriptors_is_found_before_the_places_where_it_shows(tmp_path: Path) -> None:
    async with investigated(no_descriptors(tmp_path), tmp_path) as session:
        first, *others = session.views.causes
        assert first.cause_class is CauseClass.PLATFORM
        assert first.statement == "what it runs on fails: Too many open files"
        assert "3 endpoints fail that share no code place" in told(first)
        assert "nothing of ours changed" in told(first)
        code = [cause for cause in others if cause.cause_class is CauseClass.CODE]
        assert {cause.path for cause in code} == {"shop/avatars.py", "shop/export.py", "shop/receipts.py"}
        assert all(cause.against and cause.confidence < first.confidence for cause in code)
        assert "no cause in the code found" in summary(session, "causes")


async def test_more_load_than_the_database_takes_is_found_before_the_code_that_writes(tmp_path: Path) -> None:
    async with investigated(more_load(tmp_path), tmp_path) as session:
        first, *others = session.views.causes
        assert (first.cause_class, first.path) == (CauseClass.CAPACITY, "shop/store.py")
        assert "times as many requests since it began" in told(first)
        assert "2 endpoints that share it: POST /api/carts, POST /api/orders" in told(first)
        assert not first.against, "its failed requests are the same failures"
        impact = session.views.impact
        assert impact is not None
        assert impact.pace is not None
        assert impact.pace[1] > 3 * impact.pace[0]
        code = next(cause for cause in others if cause.cause_class is CauseClass.CODE)
        assert "the errors began 71 days after it" in told(code)
        library = next(cause for cause in others if cause.cause_class is CauseClass.DEPENDENCY)
        assert "no error speaks of requests" in told(library)
        assert "no cause in the code found" in summary(session, "causes")


async def test_rows_that_a_migration_left_behind_are_found_before_the_code_that_meets_them(tmp_path: Path) -> None:
    incident = orphans(tmp_path)
    async with investigated(incident, tmp_path, database=f"sqlite:{incident.said}") as session:
        first, *others = session.views.causes
        assert (first.cause_class, first.path) == (CauseClass.DATA, "shop/invoices.py")
        assert "150 of 500 rows of shop_order: customer_id names no row of shop_customer" in told(first)
        assert "after migration shop.0002_merge was applied (correlation)" in told(first)
        applied = next(each for each in session.views.changes if each.id == "django_migrations:shop.0002_merge")
        assert (applied.kind.value, applied.paths) == ("migration", ("shop/migrations/0002_merge.sql",))
        assert f"{applied.at:%Y-%m-%d %H:%M:%S}" == "2026-05-12 15:13:40"
        assert "last migration shop.0002_merge at 2026-05-12 15:13:40 UTC" in summary(session, "database")
        code = next(cause for cause in others if cause.cause_class is CauseClass.CODE)
        assert code.against
        assert code.confidence < first.confidence
        setting = next(cause for cause in others if cause.cause_class is CauseClass.CONFIGURATION)
        assert "no error speaks of CURRENCY" in told(setting)
