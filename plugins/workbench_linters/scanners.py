"""The scanners of the security gate: what each one is run on, and what it found on either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chunk,
    Command,
    CommandMissingError,
    Finding,
    GateHost,
    Output,
    SarifError,
    Severity,
    audit_words,
    gate_setting,
    is_dependency_file,
    new_findings,
    parse_diff,
    read_audit,
    read_sarif,
)
from workbench_linters.sarif import by_name, place, read_file
from workbench_linters.secrets import detect_secrets, issued_secrets
from workbench_linters.tools import TIMEOUT, ToolError, bandit, below, marked, ruff

RULES = (".semgrep.yml", ".semgrep.yaml", ".semgrep")
"""Where a repository keeps rules for semgrep."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one tool found: ``new`` at head, how many at ``base``, files that it could not read; ``missing`` says why it
    said nothing at all."""

    tool: str
    new: tuple[Finding, ...] = ()
    base: int = 0
    unread: tuple[str, ...] = ()
    missing: str = ""


async def scans_of(subject: ChangeSubject, host: GateHost) -> list[Scan]:
    """Every scanner: ruff and bandit on Python, secrets on what changed, semgrep with rules, pip-audit on requirements
    that change, and files of SARIF that the settings name."""
    made = []
    if any(path.endswith(".py") for path in subject.paths):
        made += [await _linted(tool, subject, host) for tool in ("ruff", "bandit")]
    made += [await _secrets(subject, host), await _detected(subject, host), await _semgrep(subject, host)]
    made += [await _audited(subject, host)]
    files: Sequence[str] = gate_setting(subject, "security", "sarif", ())
    return made + [await _sarif(name, subject, host) for name in files]


async def _linted(tool: str, subject: ChangeSubject, host: GateHost) -> Scan:
    sides: list[list[Finding]] = []
    unread: list[str] = []
    for root in _roots(subject):
        try:
            results = await host.run(ruff(root, "S") if tool == "ruff" else bandit(root))
        except CommandMissingError:
            return Scan(tool, missing=f"{tool} is not on PATH")
        own = (item for item in results if isinstance(item, Finding))
        sides.append(list(below(own, root, tool)))
        unread += [item for item in results if isinstance(item, str)]
    return _compared(tool, sides[0], sides[1], unread)


async def _secrets(subject: ChangeSubject, host: GateHost) -> Scan:
    base, head = [await host.run(Chunk(issued_secrets, (root, subject.paths))) for root in _roots(subject)]
    return _compared("secrets", base, head)


async def _detected(subject: ChangeSubject, host: GateHost) -> Scan:
    sides = []
    for root in _roots(subject):
        there = [path for path in subject.paths if (Path(root) / path).is_file()]
        try:
            found = await host.run(detect_secrets(root, there)) if there else []
        except CommandMissingError:
            return Scan("detect-secrets", missing="detect-secrets is not on PATH")
        except ToolError as error:
            return Scan("detect-secrets", unread=(str(error),))
        sides.append(marked(found, root, "detect-secrets"))
    return _compared("detect-secrets", sides[0], sides[1])


async def _semgrep(subject: ChangeSubject, host: GateHost) -> Scan:
    given = str(gate_setting(subject, "security", "semgrep", ""))
    own = next((name for name in RULES if (Path(subject.head_worktree) / name).exists()), "")
    if not given and not own:
        return Scan("semgrep", missing=f"semgrep has no rules here: {RULES[0]}, or gates.security.semgrep")
    rules = given or str(Path(subject.head_worktree) / own)
    flags = ("--sarif", "--quiet", "--metrics=off", "--disable-version-check", "--config", rules)
    sides = []
    for root in _roots(subject):
        try:
            found = await host.run(Command(("semgrep", "scan", *flags, "--", "."), read_semgrep, root, timeout=TIMEOUT))
        except CommandMissingError:
            return Scan("semgrep", missing="semgrep is not on PATH")
        except ToolError as error:
            return Scan("semgrep", unread=(str(error),))
        sides.append(marked(found, root, "semgrep"))
    return _compared("semgrep", sides[0], sides[1])


def read_semgrep(output: Output) -> list[Any]:
    """Its findings, from SARIF. Raises ToolError."""
    try:
        return [replace(found, path=found.path.removeprefix("./")) for found in read_sarif(output.stdout).findings]
    except SarifError as error:
        lines = output.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ToolError(f"semgrep ended with {output.exit_code}: {lines[-1][:200] if lines else error}") from error


async def _audited(subject: ChangeSubject, host: GateHost) -> Scan:
    paths = [path for path in subject.paths if is_dependency_file(path) and path.endswith(".txt")]
    if not paths:
        return Scan("pip-audit", missing="pip-audit was not asked: no file of requirements changes")
    sides: list[list[Finding]] = []
    problems: list[str] = []
    for root in _roots(subject):
        found: list[Finding] = []
        for path in paths:
            file = Path(root) / path
            if not file.exists():
                continue
            try:
                (said,) = await host.run(Command(audit_words(str(file)), read_vulnerabilities, timeout=300.0))
            except CommandMissingError:
                return Scan("pip-audit", missing="pip-audit is not on PATH")
            problems += [f"{path}: {said.problem}"] if said.problem and root == subject.head_worktree else []
            found += [_vulnerable(path, name, ident) for name, ident in said.found]
        sides.append(marked(found, root, "pip-audit"))
    return _compared("pip-audit", sides[0], sides[1], problems)


def read_vulnerabilities(output: Output) -> list[Any]:
    """What pip-audit said."""
    return [read_audit(output.stdout, output.stderr)]


def _vulnerable(path: str, name: str, ident: str) -> Finding:
    return Finding("", path, 1, 1, ident, f"{name} has {ident}", Severity.ERROR, "pip-audit", "")


async def _sarif(name: str, subject: ChangeSubject, host: GateHost) -> Scan:
    """A file that another tool (CodeQL in CI) wrote. With ``{side}`` in its name there is one for base, one for head;
    of one file alone, what stands on a line that the change adds is new."""
    tool = f"SARIF {name}"
    if "{side}" in name:
        base, head = [await _placed(name.replace("{side}", side), subject, host) for side in ("base", "head")]
        if isinstance(base, str) or isinstance(head, str):
            return Scan(tool, missing=base if isinstance(base, str) else str(head))
        return _compared(tool, base, head)
    found = await _placed(name, subject, host)
    if isinstance(found, str):
        return Scan(tool, missing=found)
    added = _added(subject.diff)
    new = tuple(each for each in found if each.line in added.get(each.path, ()))
    return Scan(tool, new, len(found) - len(new))


async def _placed(name: str, subject: ChangeSubject, host: GateHost) -> list[Finding] | str:
    """The findings of a file at places of the tree; or why there are none to be had."""
    (read,) = await host.run(Chunk(read_file, (subject.repo, name), 60.0))
    if any(note.startswith("not read") for note in read.notes):
        return f"{name} was {read.notes[0]}"
    root = Path(subject.head_worktree)
    known = by_name(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    placed = [(found, place(found.path, subject.repo, known)) for found in read.findings if found.path]
    return marked([replace(found, path=path) for found, path in placed if path], subject.head_worktree)


def _added(diff: str) -> Mapping[str, frozenset[int]]:
    return {
        file.new_path: frozenset(new for hunk in file.hunks for _, new, line in hunk.numbered() if line.sign == "+")
        for file in parse_diff(diff).files
    }


def _roots(subject: ChangeSubject) -> tuple[str, str]:
    return subject.base_worktree, subject.head_worktree


def _compared(tool: str, base: Sequence[Finding], head: Sequence[Finding], unread: Sequence[str] = ()) -> Scan:
    return Scan(tool, tuple(new_findings(base, head)), len(base), tuple(unread))
