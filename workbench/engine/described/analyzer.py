"""An analyzer that is any program which names places in code: as SARIF, as lines of JSON, or ``FILE:LINE: WHAT``."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from workbench.analysis.sarif import SarifError, read_sarif
from workbench.api import Command, Finding, Host, Output, Report, Severity, Step, Subject, fingerprint
from workbench.engine.described.words import filled

OUTPUTS = ("sarif", "jsonl", "lines")
MOST = 20_000
"""Findings of one run that are read."""

_LINE = re.compile(r"(?P<path>[^\s:][^:]*):(?P<line>\d+):(?:(?P<column>\d+):)?\s*(?P<message>\S.*)")
_SEVERE = re.compile(r"(?i)(error|fatal|warning|info|note|style|hint)\b:?\s*")
_RULE = re.compile(r".*\[([\w./-]+)\]$")
_SEVERITY = {
    "error": Severity.ERROR,
    "fatal": Severity.ERROR,
    "warning": Severity.WARNING,
    **dict.fromkeys(("info", "note", "style", "hint"), Severity.INFO),
}


class AnalyzerOutputError(Exception):
    """The program ran and left nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Described:
    """One analyzer as it was described. In ``command``, ``{python}``, ``{root}`` and ``{output}`` (a file it writes)
    are filled in; ``stdin`` asks for the subject as JSON; exit codes in ``good`` are those of a run that worked, and
    any may be when it is empty; ``problem`` says why the description cannot be used."""

    name: str
    command: tuple[str, ...]
    output: str = "sarif"
    timeout: float = 300.0
    stdin: bool = False
    good: tuple[int, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """How a run ended: its exit code, the last line of its complaints, how many places it named in no file of ours."""

    exit_code: int
    last: str
    strange: int


class CommandAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    def __init__(self, described: Described) -> None:
        self._described = described

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """The program, once, in the repository. Raises AnalyzerOutputError."""
        described = self._described
        if described.problem:
            raise AnalyzerOutputError(described.problem)
        file = str(Path(host.scratch()) / f"{re.sub(r'[^A-Za-z0-9]', '_', described.name)}.out")
        values = {"python": "python3", "root": subject.repo, "output": file}
        argv = filled(described.command, values)
        stdin = json.dumps(told(subject)).encode() if described.stdin else b""
        parse = partial(read, described, file if file in " ".join(argv) else "", subject.repo)
        yield Command(argv, parse, subject.repo, {}, stdin, described.timeout, executes=True)

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """What it found in files of the tree, and how it ended."""
        found = [item for item in results if isinstance(item, Finding) and item.path in subject.paths]
        said = next(item for item in results if isinstance(item, Said))
        strange = said.strange + sum(isinstance(item, Finding) for item in results) - len(found)
        notes = [f"{strange} in no file of this tree"] if strange else []
        notes += [f"exit code {said.exit_code}{f': {said.last}' if said.last else ''}"] if said.exit_code else []
        summary = "; ".join([f"{len(found)} findings of {self._described.command[0]}", *notes])
        return Report(summary=summary, findings=tuple(found))


def read(described: Described, file: str, root: str, output: Output) -> list[Any]:
    """For a worker: the findings that a run left on standard output or in ``file``. Raises AnalyzerOutputError."""
    name = output.argv[0]
    said = output.stderr.decode("utf-8", "replace").strip().splitlines()
    last = said[-1][:200] if said else ""
    if output.timed_out:
        raise AnalyzerOutputError(f"{name} was stopped after {output.seconds:.0f} s")
    if output.truncated and not file:
        raise AnalyzerOutputError(f"{name} said more than can be kept: give it a file, {{output}}")
    if described.good and output.exit_code not in described.good:
        raise AnalyzerOutputError(f"{name} ended with {output.exit_code}: {last or 'it said nothing'}")
    try:
        data = Path(file).read_bytes() if file else output.stdout
        found = list(_READERS[described.output](data))
    except (OSError, SarifError) as error:
        raise AnalyzerOutputError(f"{name} ended with {output.exit_code} and left no result: {error}") from error
    if not found and output.exit_code > 1 and not described.good:
        raise AnalyzerOutputError(f"{name} ended with {output.exit_code}: {last or 'it said nothing'}")
    placed = [replace(each, path=path) for each in found if (path := _inside(each.path, root))]
    lines: dict[str, list[str]] = {}
    marked = [_marked(each, root, lines, described.name) for each in placed[:MOST]]
    return [*marked, Said(output.exit_code, last, len(found) - len(placed))]


def told(subject: Subject) -> Mapping[str, Any]:
    """What a program is told of the case on its standard input (``stdin = "case-json"``)."""
    return {
        "schema": 1,
        "question": subject.question,
        "repo": subject.repo,
        "revision": subject.revision,
        "tree": subject.tree,
        "deployed": subject.deployed,
        "since": subject.since.isoformat() if subject.since else None,
        "logs": list(subject.log_sources),
        "paths": sorted(subject.paths),
    }


def _jsonl(data: bytes) -> Iterator[Finding]:
    for line in data.decode("utf-8", "replace").split("\n"):
        try:
            item = json.loads(line)
        except ValueError:
            continue
        if isinstance(item, dict) and item.get("path") and isinstance(item.get("line"), int):
            severity = _SEVERITY.get(str(item.get("severity", "")).lower(), Severity.WARNING)
            end = item.get("end_line")
            last = end if isinstance(end, int) and end >= item["line"] else item["line"]
            rule, message = str(item.get("rule", "")) or "finding", " ".join(str(item.get("message", "")).split())
            yield Finding("", str(item["path"]), max(item["line"], 1), last, rule, message, severity, "", "")


def _lines(data: bytes) -> Iterator[Finding]:
    """As compilers have it: ``FILE:LINE:COLUMN: SEVERITY: WHAT [RULE]``; column, severity and rule may lack."""
    for text in data.decode("utf-8", "replace").split("\n"):
        if found := _LINE.match(text.strip()):
            message, severity = found["message"], Severity.WARNING
            if severe := _SEVERE.match(message):
                severity, message = _SEVERITY[severe[1].lower()], message[severe.end() :]
            rule = _RULE.match(message)
            line = max(int(found["line"]), 1)
            yield Finding("", found["path"], line, line, rule[1] if rule else "finding", message, severity, "", "")


_READERS = {"sarif": lambda data: read_sarif(data).findings, "jsonl": _jsonl, "lines": _lines}


def _inside(path: str, root: str) -> str:
    inner = path.removeprefix("file://").removeprefix(f"{root.rstrip('/')}/").removeprefix("./")
    return "" if inner.startswith(("/", "../")) else inner


def _marked(found: Finding, root: str, lines: dict[str, list[str]], name: str) -> Finding:
    if found.path not in lines:
        try:
            lines[found.path] = (Path(root) / found.path).read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            lines[found.path] = []
    text = lines[found.path][found.line - 1].strip() if found.line <= len(lines[found.path]) else ""
    above = sum(each.strip() == text for each in lines[found.path][: found.line - 1])
    mark = fingerprint(found.rule, found.path, "", f"{text}#{above}" if above else text or found.message)
    return replace(found, id=f"{name}:{mark[:10]}", analyzer=name, fingerprint=mark)
