"""Runs the rules over the repository's Python files, in batches, in workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from workbench.api import EVERYTHING, Chunk, Finding, Host, Report, Step, Subject, fingerprint
from workbench_rules.catalogue import rules_of
from workbench_rules.module import Module, parse
from workbench_rules.rule import Hit, Rule
from workbench_rules.rules.uncaught_exception import MESSAGE
from workbench_rules.uncaught import Facts, Throw, facts, uncaught

BATCH = 40
"""Files per chunk."""

LIMIT = 1_000_000
"""Bytes of a file beyond which it is not read (generated code)."""

_TESTS = ("test_", "conftest.py")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one chunk did: files read, and files left out with the reason."""

    files: int
    left_out: tuple[str, ...]


class RulesAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk per batch of Python files that are no tests."""
        choice = _choice(subject)
        paths = iter(sorted(path for path in subject.paths if wanted(path)))
        while batch := tuple(islice(paths, BATCH)):
            yield Chunk(scan, (subject.repo, batch, *choice))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Most findings were reported as they came; those that need every file at once, and what was checked."""
        scanned = [item for item in results if isinstance(item, Scanned)]
        files = sum(item.files for item in scanned)
        left_out = [text for item in scanned for text in item.left_out]
        rules = rules_of(*_choice(subject))
        note = f"; {len(left_out)} left out: {', '.join(left_out[:3])}" if left_out else ""
        found = _uncaught(rules, [item for item in results if isinstance(item, Facts)])
        return Report(summary=f"{len(rules)} rules over {files} Python files{note}", findings=found)


def scan(repo: str, paths: Sequence[str], packs: Sequence[str], patterns: Sequence[str] = EVERYTHING) -> list[Any]:
    """Findings of one batch as a Report, a Scanned, and the Facts of each file for the rules over all of them."""
    findings: list[Finding] = []
    left_out: list[str] = []
    gathered: list[Facts] = []
    for path in paths:
        try:
            data = (Path(repo) / path).read_bytes()
            if len(data) > LIMIT:
                raise ValueError("too large")
            module = parse(path, data.decode("utf-8"), repo)
        except (OSError, ValueError, SyntaxError, RecursionError) as error:
            left_out.append(f"{path} ({type(error).__name__})")
            continue
        findings += [found for rule in rules_of(packs, patterns) if not rule.whole for found in check(rule, module)]
        gathered.append(facts(module))
    return [Report(findings=tuple(findings)), Scanned(len(paths) - len(left_out), tuple(left_out)), *gathered]


def check(rule: Rule, module: Module) -> list[Finding]:
    """The findings of one rule in one module, at most one a line. ``# noqa`` on the line silences it."""
    found: dict[int, Finding] = {}
    for hit in rule.check(module):
        line = hit.node.lineno
        text = module.lines[line - 1] if line <= len(module.lines) else ""
        if "# noqa" not in text and line not in found:
            found[line] = _finding(rule, module, hit, text)
    return list(found.values())


def _finding(rule: Rule, module: Module, hit: Hit, text: str) -> Finding:
    line, end = hit.node.lineno, hit.node.end_lineno or hit.node.lineno
    return _at(rule, Throw("", module.path, line, end, module.qualname(hit.node), text), hit.message)


def _choice(subject: Subject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The packs and the patterns of rules that the playbook chose."""
    settings = subject.settings
    return tuple(settings.get("rule_packs", ("default",))), tuple(settings.get("rules", EVERYTHING))


def _uncaught(rules: Sequence[Rule], known: Sequence[Facts]) -> tuple[Finding, ...]:
    whole = [rule for rule in rules if rule.whole]
    return tuple(_at(rule, throw, MESSAGE.format(name=throw.name)) for rule in whole for throw in uncaught(known))


def _at(rule: Rule, place: Throw, message: str) -> Finding:
    mark = fingerprint(rule.id, place.path, place.symbol, place.text)
    return Finding(
        id=f"{rule.id}:{mark[:10]}",
        path=place.path,
        line=place.line,
        end_line=place.end_line,
        rule=rule.id,
        message=message,
        severity=rule.severity,
        analyzer="rules",
        fingerprint=mark,
        symbol=place.symbol,
    )


def wanted(path: str) -> bool:
    """Whether the rules read ``path``: Python that is neither a test nor a migration."""
    if not path.endswith(".py"):
        return False
    folders, _, name = path.rpartition("/")
    tests = name.startswith(_TESTS) or name.endswith("_test.py") or name == "tests.py"
    parts = folders.split("/")
    migrations = any(part.endswith("migrations") for part in parts)
    return not tests and not migrations and not {"tests", "test", "testing"} & set(parts)
