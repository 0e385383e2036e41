"""Reading findings of any tool from SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from workbench.case.code import Finding
from workbench.case.enums import Severity

_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFO, "none": Severity.INFO}


class SarifError(ValueError):
    """The text is no SARIF log."""


@dataclass(frozen=True, slots=True)
class SarifLog:
    """What a log holds: findings by their tool, paths as the tool wrote them and no fingerprints yet; ``unplaced``
    counts results without a line of a file, ``suppressed`` those that the tool itself silenced."""

    findings: tuple[Finding, ...]
    unplaced: int = 0
    suppressed: int = 0


def read_sarif(data: bytes) -> SarifLog:
    """The log in ``data``. Raises SarifError where it is none."""
    try:
        runs = json.loads(data.decode("utf-8-sig"))["runs"]
        results = [(run, result) for run in runs for result in run.get("results") or ()]
        silenced = [bool(result.get("suppressions")) for _, result in results]
        kept = [pair for pair, quiet in zip(results, silenced, strict=True) if not quiet]
        found = [finding for run, result in kept for finding in _finding(run, result)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SarifError(f"no SARIF log: {type(error).__name__}: {error}") from error
    return SarifLog(tuple(found), len(kept) - len(found), sum(silenced))


def _finding(run: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Finding]:
    """The result at its first location, when that is a line of a file."""
    for location in (result.get("locations") or ())[:1]:
        place = location.get("physicalLocation") or {}
        region, path = place.get("region") or {}, _path(run, place.get("artifactLocation") or {})
        if path and region.get("startLine"):
            line = int(region["startLine"])
            rule = _rule(run, result)
            ident = str(result.get("ruleId") or rule.get("id") or "result")
            tool = str(run["tool"]["driver"]["name"]).lower()
            severity = _severity(result, rule)
            message = _message(result, rule)
            yield Finding("", path, line, int(region.get("endLine") or line), ident, message, severity, tool, "")


def _path(run: Mapping[str, Any], artifact: Mapping[str, Any]) -> str:
    """The artifact's path: relative to the base that it names, or absolute."""
    if "uri" not in artifact and "index" in artifact:
        artifact = run["artifacts"][artifact["index"]]["location"]
    uri = unquote(urlsplit(str(artifact.get("uri", ""))).path)
    base = (run.get("originalUriBaseIds") or {}).get(artifact.get("uriBaseId", ""), {}).get("uri", "")
    root = unquote(urlsplit(base).path) if base and not uri.startswith("/") else ""
    return f"{root.rstrip('/')}/{uri}" if root else uri.removeprefix("./")


def _rule(run: Mapping[str, Any], result: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = run["tool"]["driver"].get("rules") or []
    index = result.get("ruleIndex", (result.get("rule") or {}).get("index", -1))
    if 0 <= index < len(rules):
        return dict(rules[index])
    return next((dict(rule) for rule in rules if rule.get("id") == result.get("ruleId")), {})


def _severity(result: Mapping[str, Any], rule: Mapping[str, Any]) -> Severity:
    """The result's level, else its rule's default, else a warning, as the standard has it."""
    default = (rule.get("defaultConfiguration") or {}).get("level", "warning")
    return _LEVELS.get(result.get("level") or default, Severity.WARNING)


def _message(result: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    message = result.get("message") or {}
    text = message.get("text") or (rule.get("shortDescription") or {}).get("text") or rule.get("name") or "a finding"
    return " ".join(str(text).split())
