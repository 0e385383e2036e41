"""A proof as a comment for a pull request, and as JUnit XML for what reads test reports."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

from workbench.case.enums import ProofStatus
from workbench.case.model import Proof, ProofStep

_XML = {ord(char): None for char in map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])}
"""Characters that XML 1.0 cannot hold."""


def markdown(proof: Proof, sentence: str, line: Callable[[ProofStep], str]) -> str:
    """The sentence, the steps as a list, and what failed at first, folded; fenced so that nothing in it is markup."""
    rows = [f"**{sentence}**", "", *(f"- {escaped(line(step))}" for step in proof.steps)]
    if proof.reason and not proof.steps:
        rows.append(f"- {escaped(proof.reason)}")
    rows += ["", "Proven by: " + ", ".join(_code(test) for test in proof.tests)] if proof.tests else []
    rows += ["", "The fix: " + ", ".join(_code(part) for part in proof.fix)] if proof.fix else []
    rows += ["", "Carried along, ignored by git: " + ", ".join(map(_code, proof.carried))] if proof.carried else []
    for step in proof.steps:
        if step.output:
            fence = _fence(step.output)
            rows += ["", f"<details><summary>What failed in {step.name.replace('_', ' ')}</summary>", ""]
            rows += [fence, step.output.rstrip("\n"), fence, "", "</details>"]
    return "\n".join(rows)


def junit(proof: Proof, line: Callable[[ProofStep], str]) -> str:
    """One test case a step: failed where the step is not as it should be, an error where none could tell."""
    suite = ElementTree.Element("testsuite", name="workbench prove", timestamp=proof.at.isoformat() if proof.at else "")
    counts = {"failure": 0, "error": 0}
    for step in proof.steps or (ProofStep("proof", proof.head, "inconclusive", proof.reason),):
        case = ElementTree.SubElement(
            suite, "testcase", classname="workbench.prove", name=step.name, time=f"{step.seconds:.3f}"
        )
        kind = "" if step.outcome in ("red", "green") else "error" if step.outcome == "inconclusive" else "failure"
        if kind:
            counts[kind] += 1
            ElementTree.SubElement(case, kind, message=step.reason.translate(_XML)).text = step.output.translate(_XML)
        else:
            ElementTree.SubElement(case, "system-out").text = f"{line(step)}\n{step.output}".translate(_XML)
    if proof.status is not ProofStatus.PROVEN and not any(counts.values()):
        counts["failure"] += 1
        ElementTree.SubElement(suite[-1], "failure", message=proof.reason.translate(_XML))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


def xml_text(text: str) -> str:
    """``text`` without what XML cannot hold."""
    return text.translate(_XML)


def escaped(text: str) -> str:
    """``text`` with nothing in it that Markdown would act on."""
    for char in "\\`*_<>[]|#@":
        text = text.replace(char, f"\\{char}")
    return text


def _fence(text: str) -> str:
    """A fence longer than any run of backticks in ``text``."""
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    return "`" * max(3, longest + 1)
