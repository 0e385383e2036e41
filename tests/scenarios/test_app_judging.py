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
        await driver.sees("Supported: by what?")
        await driver.press("space", "enter", "x")
        await driver.sees("Supported: by what?")
        await driver.press("n")
        cause = driver.session.state.causes["h1"]
        assert (cause.status, len(cause.supporting)) == (CauseStatus.SUPPORTED, 4)
        await driver.press("x", "n")
        assert driver.session.state.causes["h1"].status is CauseStatus.REFUTED
        await driver.press("u")
        assert driver.session.state.causes["h1"].status is CauseStatus.PROPOSED
        await driver.press("u", "w")
        await driver.type("nobody could say")
        await driver.press("enter")
        cause = driver.session.state.causes["h1"]
        assert (cause.status, cause.because) == (CauseStatus.INCONCLUSIVE, "nobody could say")


async def test_a_judgement_links_the_record_that_was_pinned_and_moves_the_confidence(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("7", "g", "m", "4", "g")
        first = driver.panel("causes").current
        before = first.confidence
        await driver.press("x")
        pin = driver.session.state.pins[-1]
        await driver.sees("p  pinned last: ")
        await driver.press("p")
        (cause,) = (each for each in driver.session.views.causes if each.id == first.id)
        assert cause.against[-1].ref == pin.ref
        made, against = len(cause.supporting), len(cause.against)
        assert cause.confidence == round((made + 1) / (made + against + 2), 3) != before
        driver.panel("causes").go(first.id)
        await driver.settle()
        assert "refuted by" in driver.shown("why")
        await driver.press("z")
        (cause,) = (each for each in driver.session.views.causes if each.id == first.id)
        assert (cause.status, cause.against) == (first.status, first.against)


async def test_a_judgement_links_the_error_that_was_selected_last(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "g", "j", "4", "g", "space", "s")
        (cause,) = driver.session.state.causes.values()
        assert cause.supporting[-1].ref == "e2"
        assert "DatabaseTimeout" in cause.because


async def test_a_cause_is_edited(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "E")
        await driver.sees("select a cause first")
        await driver.press("4", "g")
        before = driver.panel("causes").current
        await driver.press("E", "ctrl+u")
        await driver.type("the pool is too small")
        await driver.press("enter", "p")
        (cause,) = (each for each in driver.session.views.causes if each.id == before.id)
        assert (cause.statement, cause.cause_class) == ("the pool is too small", CauseClass.CAPACITY)
        assert cause.supporting == before.supporting
        await driver.press("z")
        await driver.sees(before.statement)


async def test_a_cause_of_a_persons_own(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("A")
        await driver.type("the proxy retries")
        await driver.press("enter")
        await driver.sees("What kind of cause is it?")
        await driver.press("enter")
        await driver.sees("What kind of cause is it?")
        assert all(f"{key}  " in driver.text for key in "codapel"), "every answer has its key in sight"
        assert "l  platform" in driver.text
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
