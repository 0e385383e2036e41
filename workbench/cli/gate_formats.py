"""A judgement as text, JSON, Markdown, JUnit XML for what reads test reports, and SARIF for what reads findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from workbench import __version__
from workbench.analysis.verdict import is_stale, worst_first
from workbench.case.codec import encode
from workbench.case.enums import GateStatus
from workbench.case.model import Figure, GateResult, Judgement
from workbench.cli.output import print_json, say
from workbench.cli.proof_formats import escaped, xml_text

FORMATS = ("text", "json", "markdown", "junit", "sarif")

_GLYPHS = {"pass": "✔", "fail": "✘", "inconclusive": "?", "error": "✘", "skipped": "–", "waived": "◇", "not_run": "–"}
_LEVELS = {GateStatus.FAIL: "error", GateStatus.ERROR: "error", GateStatus.INCONCLUSIVE: "warning"}


def write_judgement(
    form: str, results: Sequence[GateResult], judgement: Judgement, tree: str, plan: Any = None
) -> None:
    """Print it in one of :data:`FORMATS`; ``plan`` is the plan as JSON."""
    if form == "json":
        print_json({**document(results, judgement, tree), "plan": plan})
    elif form == "sarif":
        print_json(sarif(results, tree))
    elif form == "junit":
        print(junit(results, judgement, tree))
    else:
        for line in (markdown if form == "markdown" else text)(results, judgement, tree).split("\n"):
            say(line)


def document(results: Sequence[GateResult], judgement: Judgement, tree: str) -> dict[str, Any]:
    """What ``--format json`` prints; its schema is docs/schemas/validate.schema.json."""
    gates = [{**encode(result), "stale": is_stale(result, tree)} for result in worst_first(results, tree)]
    return {
        "schema": 1,
        "verdict": judgement.verdict.value,
        "reasons": list(judgement.reasons),
        "not_checked": list(judgement.not_checked),
        "tree": tree,
        "gates": gates,
        "plan": None,
    }


def text(results: Sequence[GateResult], judgement: Judgement, tree: str) -> str:
    """For people."""
    lines = [f"{judgement.verdict.value.upper().replace('_', ' ')}: {'; '.join(judgement.reasons)}"]
    for result in worst_first(results, tree):
        seconds = f"  ({result.seconds:.1f} s)" if result.at else ""
        lines.append(f"{_GLYPHS[result.status.value]} {result.id:14} {result.reason}{seconds}")
    return "\n".join([*lines, *(f"not checked: {line}" for line in judgement.not_checked)])


def markdown(results: Sequence[GateResult], judgement: Judgement, tree: str) -> str:
    """For the comment of a pull request; nothing in it is markup of somebody else's."""
    verdict = judgement.verdict.value.upper().replace("_", " ")
    lines = [f"**{verdict}**: {escaped('; '.join(judgement.reasons))}", ""]
    lines += ["| gate | status | reason | figures | seconds |", "|---|---|---|---|---:|"]
    for result in worst_first(results, tree):
        cells = (result.id, result.status.value, result.reason, ", ".join(map(figure_words, result.figures)))
        joined = " | ".join(escaped(" ".join(cell.split())) for cell in cells)
        lines.append(f"| {joined} | {result.seconds:.1f} |")
    lines += (
        ["", "Not checked:", *(f"- {escaped(line)}" for line in judgement.not_checked)] if judgement.not_checked else []
    )
    return "\n".join([*lines, "", f"Tree `{tree}`, workbench {__version__}."])


def figure_words(figure: Figure) -> str:
    """A figure in words: value with unit, what it may be at most, base, n."""
    value = "unknown" if figure.value is None else f"{figure.value:.4g}"
    more = [f"at most {figure.threshold:.4g}"] if figure.threshold is not None else []
    more += [f"base {figure.baseline:.4g}"] if figure.baseline is not None else []
    more += [f"n {figure.n}"] if figure.n is not None else []
    return f"{figure.name} {value} {figure.unit}".strip() + (f" ({', '.join(more)})" if more else "")


def junit(results: Sequence[GateResult], judgement: Judgement, tree: str) -> str:
    """One test case a gate: a failure, an error where it could not tell, skipped where it did not run."""
    suite = ElementTree.Element("testsuite", name="workbench validate")
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (("verdict", judgement.verdict.value), ("tree", tree)):
        ElementTree.SubElement(properties, "property", name=name, value=value)
    counts = {"failure": 0, "error": 0, "skipped": 0}
    for result in worst_first(results, tree):
        case = ElementTree.SubElement(
            suite, "testcase", classname="workbench.validate", name=result.id, time=f"{result.seconds:.3f}"
        )
        kind = _junit_kind(result, tree)
        body = "\n".join([*map(figure_words, result.figures), *(each.text for each in result.evidence)])
        if kind:
            counts[kind] += 1
            child = ElementTree.SubElement(case, kind, message=xml_text(result.reason))
            child.text = None if kind == "skipped" else xml_text(body)
        else:
            ElementTree.SubElement(case, "system-out").text = xml_text(f"{result.reason}\n{body}")
    suite.set("tests", str(len(results)))
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(counts[kind]))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _junit_kind(result: GateResult, tree: str) -> str:
    if is_stale(result, tree):
        return "error"
    if result.status is GateStatus.FAIL:
        return "failure"
    if result.status in (GateStatus.ERROR, GateStatus.INCONCLUSIVE):
        return "error"
    if result.status is GateStatus.NOT_RUN:
        return "error" if result.required else "skipped"
    return "skipped" if result.status is GateStatus.SKIPPED else ""


def sarif(results: Sequence[GateResult], tree: str) -> dict[str, Any]:
    """SARIF 2.1.0: a result for each place that a gate which does not pass names, a rule for each such gate."""
    bad = [result for result in worst_first(results, tree) if result.status in _LEVELS]
    rules = [{"id": result.id, "shortDescription": {"text": result.reason}} for result in bad]
    found = [item for at, result in enumerate(bad) for item in _sarif_results(at, result)]
    driver = {"name": "workbench validate", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": found, "properties": {"tree": tree}}],
    }


def _sarif_results(at: int, result: GateResult) -> list[dict[str, Any]]:
    common = {"ruleId": result.id, "ruleIndex": at, "level": _LEVELS[result.status]}
    placed = [each for each in result.evidence if each.path]
    if not placed:
        return [{**common, "message": {"text": result.reason}}]
    return [
        {
            **common,
            "message": {"text": each.text},
            "partialFingerprints": {"workbench/v1": each.digest},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": each.path},
                        "region": {"startLine": max(1, each.line)},
                    }
                }
            ],
        }
        for each in placed
    ]
