"""How ruff and bandit are run, and how what they print is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.api import Command, Finding, Output, Severity, fingerprint

SKIPPED = "tests,test,.git,.venv,venv,node_modules,build,dist,.tox,.nox,migrations"
"""Folders that are not looked into."""

TIMEOUT = 120.0

RUFF_RULES = "F,B,S,ASYNC,PLE,BLE"
"""Rule families that speak of failures, not of style; asserts and pseudo-random numbers are left out."""


class ToolError(Exception):
    """The tool ran and gave nothing that can be read."""


def ruff(root: str, rules: str = RUFF_RULES) -> Command:
    """Ruff over a folder, with rules of ours: the project's own selection is about style as well."""
    argv = ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--output-format", "json", "--select", rules)
    return Command((*argv, "--ignore", "S101,S311", "--exclude", SKIPPED, "--", root), read_ruff, timeout=TIMEOUT)


def bandit(root: str) -> Command:
    """Bandit over a folder, its own configuration in the repository left unread."""
    skipped = ",".join(f"{root}/{name}" for name in SKIPPED.split(","))
    argv = ("bandit", "-r", "-q", "-f", "json", "--exit-zero", "-s", "B101,B311", "-x", skipped, "--", root)
    return Command(argv, read_bandit, timeout=TIMEOUT)


def read_ruff(output: Output) -> list[Any]:
    """Findings of ``ruff --output-format json``, with absolute paths. Raises ToolError."""
    return [_ruff_finding(item) for item in read_json(output) if item.get("location")]


def read_bandit(output: Output) -> list[Any]:
    """Findings of ``bandit -f json``, with absolute paths; then the file errors it reported as strings."""
    data = read_json(output)
    return [*(_bandit_finding(item) for item in data["results"]), *(str(error["filename"]) for error in data["errors"])]


def below(findings: Iterator[Finding], root: str, tool: str) -> Iterator[Finding]:
    """The findings below ``root`` with repository-relative paths and their fingerprints."""
    inside = (found for found in findings if PurePosixPath(found.path).is_relative_to(root))
    relative = (replace(found, path=PurePosixPath(found.path).relative_to(root).as_posix()) for found in inside)
    yield from marked(tuple(relative), root, tool)


def marked(findings: Sequence[Finding], root: str, tool: str = "") -> list[Finding]:
    """The findings with ids and fingerprints, which need the line's own text.

    Equal lines of a file are told apart by how many of them stand above. ``tool`` is named as the analyzer where it is
    given.
    """
    texts: dict[str, list[str]] = {}
    made = []
    for found in findings:
        if found.path not in texts:
            texts[found.path] = _lines(Path(root) / found.path)
        lines, at = texts[found.path], found.line - 1
        text = lines[at] if 0 <= at < len(lines) else ""
        above = lines[:at].count(text)
        mark = fingerprint(rule_key(found.rule), found.path, "", f"{text}#{above}" if above else text)
        name = tool or found.analyzer
        made.append(replace(found, id=f"{name.split()[0]}:{mark[:10]}", analyzer=name, fingerprint=mark))
    return made


def rule_key(rule: str) -> str:
    """The rule under the name that tools share: ruff's S602 is bandit's B602."""
    return f"B{rule[1:]}" if len(rule) == 4 and rule[0] == "S" and rule[1:].isdigit() else rule


def _lines(path: Path) -> list[str]:
    try:
        return ["".join(line.split()) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return []


def read_json(output: Output) -> Any:
    """What a tool printed as JSON. Raises ToolError."""
    try:
        return json.loads(output.stdout)
    except ValueError as error:
        if output.timed_out:
            raise ToolError(f"{output.argv[0]} was stopped after {output.seconds:.0f} s, its limit") from error
        said = output.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise ToolError(f"{output.argv[0]} ended with {output.exit_code}: {said or 'nothing readable'}") from error


def _ruff_finding(item: Mapping[str, Any]) -> Finding:
    code = item.get("code") or "syntax"
    severe = code.startswith(("F82", "F63", "F7", "PLE")) or code == "syntax"
    severity = Severity.ERROR if severe else Severity.WARNING if code.startswith(("B", "ASYNC", "S")) else Severity.INFO
    start, end = item["location"]["row"], item["end_location"]["row"]
    return Finding("", item["filename"], start, end, code, item["message"], severity, "ruff", "")


def _bandit_finding(item: Mapping[str, Any]) -> Finding:
    severity = {"HIGH": Severity.ERROR, "MEDIUM": Severity.WARNING}.get(item["issue_severity"], Severity.INFO)
    lines = item["line_range"] or [item["line_number"]]
    return Finding(
        "",
        item["filename"],
        item["line_number"],
        lines[-1],
        item["test_id"],
        item["issue_text"],
        severity,
        "bandit",
        "",
    )
