"""A proof as Markdown and as JUnit: outside text in it is never markup, and what is not proven never passes."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from workbench.case.enums import ProofStatus
from workbench.case.model import Proof, ProofStep
from workbench.cli.proof_formats import junit, markdown
from workbench.cli.prove import step_line

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OUTPUT = "E  assert\x1b[31m\n```\n# no heading"
STEPS = (
    ProofStep(
        "red", "a" * 40, "red", "test_x fails, assert <b>2</b> == `1`", 1.5, "E  assert\x1b[31m\n```\n# no heading"
    ),
    ProofStep("green", "b" * 40, "green", "3 of 3 runs", 1.0),
    ProofStep("red_again", "c" * 40, "red", "with the fix alone taken away: fails the same way", 1.0),
)


def proof(status: ProofStatus, steps: tuple[ProofStep, ...] = STEPS) -> Proof:
    return Proof("p", status, ("tests/test_a.py::test_x",), "a" * 40, "b" * 40, steps, "why", AT, fix=("a.py:1-2",))


def line(step: ProofStep) -> str:
    return step_line(step, "3f2c1a")


def test_markdown_says_the_three_lines_and_keeps_outside_text_text() -> None:
    text = markdown(proof(ProofStatus.PROVEN), "proven", line)
    assert text.startswith("**proven**\n\n- ✔ RED")
    assert "\\<b\\>2" in text
    assert "\n````\nE  assert" in text
    assert "The fix: `a.py:1-2`" in text


@pytest.mark.parametrize(
    ("status", "outcome", "counted"),
    [
        (ProofStatus.PROVEN, "red", ("0", "0")),
        (ProofStatus.NOT_NEEDED, "not_red", ("1", "0")),
        (ProofStatus.INCONCLUSIVE, "inconclusive", ("0", "1")),
    ],
)
def test_junit_fails_what_is_not_proven(status: ProofStatus, outcome: str, counted: tuple[str, str]) -> None:
    last = ProofStep("red_again", "c" * 40, outcome, "why\x00", 1.0)
    suite = ElementTree.fromstring(junit(proof(status, (*STEPS[:2], last)), line))
    assert (suite.get("failures"), suite.get("errors")) == counted
    assert suite.get("tests") == "3"


def test_junit_of_a_proof_that_never_began_is_an_error() -> None:
    suite = ElementTree.fromstring(junit(proof(ProofStatus.INCONCLUSIVE, ()), line))
    assert suite.get("errors") == "1"
