"""What failing tests say of where the fault is, reported into the case as an analyzer's signals."""

from __future__ import annotations

import secrets

from workbench.analysis.spectrum import Spectrum, boosts
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus
from workbench.case.events import new_event
from workbench.case.model import Check, TestRun
from workbench.case.state import Report
from workbench.engine.services import Services
from workbench.engine.store.owners import owner

NAME = "tests"
"""Under which name it reports."""


async def report_spectrum(services: Services, run: TestRun, spectrum: Spectrum) -> None:
    """Report the functions that failing tests enter and passing ones do not; that there are none any more, once."""
    found = tuple(boosts(spectrum, run.id))
    before = services.journal.state.finished.get(NAME)
    if not found and (before is None or not before.report.boosts):
        return
    number, actor = secrets.token_hex(6), f"workbench/{NAME}"
    said = f"{len(found)} functions that {spectrum.failed} failing tests enter, against {spectrum.passed} passing ones"
    said = said if found else "no test fails"
    check = Check(NAME, CheckStatus.DONE, said)
    await services.journal.append(
        new_event("analysis.started", actor, {"analyzer": NAME, "tree": run.tree, "owner": owner()}, number),
        new_event("analysis.reported", actor, {"report": encode(Report(summary=said, boosts=found))}, number),
        new_event("analysis.finished", actor, {"check": encode(check)}, number),
    )
