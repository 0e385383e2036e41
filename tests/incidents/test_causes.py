"""Three incidents: the first cause has the right class and place, and a plausible wrong one what speaks against it."""

from __future__ import annotations

from pathlib import Path

from tests.incidents.configuration import configuration_change
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
        library = next(cause for cause in others if cause.cause_class is CauseClass.DEPENDENCY)
        assert "no error speaks of PyJWT" in told(library)
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
