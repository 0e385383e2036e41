"""Judging problems and causes, taking it back, adding a cause, pinning, commenting: all of it is in the journal."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.driver import Driver, incident_case
from workbench.case.enums import CauseClass, CauseStatus, TriageState


def triage(driver: Driver, fingerprint: str) -> TriageState:
    judged = driver.session.state.triage.get(fingerprint)
    return judged.state if judged else TriageState.UNTOUCHED


async def test_a_problem_is_judged_and_the_judgement_taken_back_and_made_again(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "space")
        assert triage(driver, "fp-e1") is TriageState.RELEVANT
        await driver.sees("✔ relevant")
        await driver.press("j", "x")
        assert triage(driver, "fp-e2") is TriageState.NOISE
        await driver.press("z")
        assert triage(driver, "fp-e2") is TriageState.UNTOUCHED
        await driver.press("Z")
        assert triage(driver, "fp-e2") is TriageState.NOISE
        await driver.press("u")
        assert triage(driver, "fp-e2") is TriageState.UNTOUCHED


async def test_a_range_is_judged_at_once(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "v", "j", "j", "x")
        assert [triage(driver, f"fp-e{number}") for number in (1, 2, 3)] == [TriageState.NOISE] * 3


async def test_causes_compete(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("4", "j", "space")
        assert driver.session.state.causes["h1"].status is CauseStatus.SUPPORTED
        await driver.press("x")
        assert driver.session.state.causes["h1"].status is CauseStatus.REFUTED
        await driver.press("u")
        assert driver.session.state.causes["h1"].status is CauseStatus.PROPOSED


async def test_a_cause_of_a_persons_own(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("A")
        await driver.type("the proxy retries")
        await driver.press("enter")
        await driver.sees("What kind of cause is it?")
        await driver.press("enter")
        await driver.sees("What kind of cause is it?")
        await driver.press("e")
        await driver.settle()
        (cause,) = driver.session.state.causes.values()
        assert (cause.statement, cause.cause_class) == ("the proxy retries", CauseClass.EXTERNAL_SERVICE)
        await driver.sees("the proxy retries")


async def test_pins_comments_notes_and_mitigation_are_on_the_timeline(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "m")
        await driver.press("c")
        await driver.type("ask Ines")
        await driver.press("enter")
        await driver.press("M")
        await driver.type("pool back to 20")
        await driver.press("enter")
        (pin,) = driver.session.state.pins
        assert (pin.text, pin.path, pin.line) == ("TokenRefreshConflict", "accounts/tokens.py", 49)
        await driver.press("T")
        for told in ("evidence: TokenRefreshConflict", "comment: ask Ines", "mitigated: pool back to 20"):
            assert told in driver.text
        await driver.press("escape")
        assert driver.focused == "errors"
