"""A gate that is another program: it runs on base and on head, and what is new at head is the change's."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from workbench.analysis.junit import JUnitError, read_junit
from workbench.analysis.sarif import SarifError, read_sarif
from workbench.api import (
    ChangeSubject,
    Command,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    Known,
    Output,
    Step,
    TestOutcome,
    concluded,
)
from workbench.engine.described.words import filled

OUTPUTS = ("exit-code", "sarif", "junit")
SHOWN = 20
"""Pieces of evidence that are kept."""


class GateOutputError(Exception):
    """The program ran and left nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Described:
    """One gate as it was described. In ``command``, ``{python}``, ``{root}`` (the side's worktree), ``{base}``,
    ``{head}`` and ``{output}`` (a file to be written) are filled in; ``examined`` is a regular expression whose group
    counts what was looked at; ``problem`` says why the description cannot be used."""

    name: str
    command: tuple[str, ...]
    output: str = "exit-code"
    timeout: float = 600.0
    stdin: bool = False
    examined: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one run said: findings or failures as (key, text, path, line), how much was examined, its exit code."""

    items: tuple[tuple[str, str, str, int], ...]
    examined: int
    exit_code: int
    last: str = ""


class CommandGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True

    def __init__(self, described: Described) -> None:
        self._described = described
        self.limit = 2 * described.timeout

    def applies(self, subject: ChangeSubject) -> str:
        """Always: it was asked for."""
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The program on either side. Raises GateOutputError."""
        described = self._described
        if described.problem:
            raise GateOutputError(described.problem)
        for at, root in enumerate((subject.base_worktree, subject.head_worktree)):
            out = str(Path(host.scratch()) / f"{re.sub(r'[^A-Za-z0-9]', '_', described.name)}-{at}")
            fill = {"python": subject.interpreter or "python3", "root": root, "output": out}
            fill |= {"base": subject.base_worktree, "head": subject.head_worktree}
            argv = filled(described.command, fill)
            stdin = json.dumps(_case(subject)).encode() if described.stdin else b""
            parse = partial(read, described.output, out if "{output}" in " ".join(described.command) else "", root)
            command = Command(
                argv, partial(_counted, parse, described.examined), root, {}, stdin, described.timeout, executes=True
            )
            host.progress(at, 2)
            yield Known(tuple(await host.run(command)))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on what is new at head; an exit code that base has too is not the change's, and no pass."""
        base, head = results
        if self._described.output == "exit-code":
            return self._by_code(base, head)
        known = [key for key, *_ in base.items]
        new = []
        for item in head.items:
            if item[0] in known:
                known.remove(item[0])
            else:
                new.append(item)
        evidence = tuple(Evidence(key, text, path, line) for key, text, path, line in new[:SHOWN])
        figures = (Figure("new", len(new), threshold=0, baseline=len(base.items), n=head.examined),)
        passed = f"nothing new, {len(head.items)} that base has too"
        return self._result(passed, [item[1] for item in new], [], head, figures, evidence)

    def _by_code(self, base: Said, head: Said) -> GateResult:
        figures = (Figure("exit code", head.exit_code, baseline=base.exit_code, n=head.examined or None),)
        said = head.last or "it said nothing"
        passed = f"exit code 0{' (not at base)' if base.exit_code else ''}: {said}"
        against = f"exit code {head.exit_code}, {base.exit_code} at base"
        wrong = [f"{against}: {said}"] if head.exit_code and not base.exit_code else []
        unsure = [f"{against}: it fails without the change too: {said}"] if head.exit_code and base.exit_code else []
        return self._result(passed, wrong, unsure, head, figures)

    def _result(
        self,
        passed: str,
        wrong: Sequence[str],
        unsure: Sequence[str],
        head: Said,
        figures: tuple[Figure, ...],
        evidence: tuple[Evidence, ...] = (),
    ) -> GateResult:
        facts = {"figures": figures, "examined": head.examined, "evidence": evidence}
        return replace(concluded(self._described.name, passed, wrong, unsure, **facts), kind="command")


def read(kind: str, file: str, root: str, output: Output) -> Said:
    """What a run left, on standard output or in ``file``. Raises GateOutputError."""
    if output.timed_out:
        raise GateOutputError(f"{output.argv[0]} was stopped after {output.seconds:.0f} s")
    lines = (output.stdout + b"\n" + output.stderr).decode("utf-8", "replace").strip().splitlines()
    last = lines[-1][:200] if lines else ""
    if kind == "exit-code":
        return Said((), 1 if lines or output.exit_code else 0, output.exit_code, last)
    try:
        data = Path(file).read_bytes() if file else output.stdout
        items, examined = _sarif(data, root) if kind == "sarif" else _junit(data, root)
    except (OSError, SarifError, JUnitError) as error:
        said = f"{output.argv[0]} ended with {output.exit_code} and left no {kind}: {error}"
        raise GateOutputError(said) from error
    return Said(tuple(items), examined, output.exit_code, last)


def _counted(parse: partial[Said], pattern: str, output: Output) -> list[Any]:
    said = parse(output)
    if not pattern:
        return [said]
    found = re.search(pattern, (output.stdout + output.stderr).decode("utf-8", "replace"))
    count = int(found[1]) if found and found.groups() and found[1] and found[1].isdigit() else int(bool(found))
    return [Said(said.items, count, said.exit_code, said.last)]


def _sarif(data: bytes, root: str) -> tuple[list[tuple[str, str, str, int]], int]:
    log = read_sarif(data)
    items = []
    for found in log.findings:
        path = found.path.removeprefix("file://").removeprefix(f"{root}/")
        try:
            text = (
                (Path(root) / path).read_text(encoding="utf-8", errors="replace").splitlines()[found.line - 1].strip()
            )
        except (OSError, IndexError):
            text = ""
        key = f"{found.rule}|{path}|{text or found.message}"
        items.append((key, f"{found.rule} at {path}:{found.line}: {found.message}", path, found.line))
    return items, 1 + len(items)


def _junit(data: bytes, root: str) -> tuple[list[tuple[str, str, str, int]], int]:
    cases = read_junit(data, root)
    bad = [case for case in cases if case.outcome in (TestOutcome.FAILED, TestOutcome.ERROR)]
    items = [(case.id, f"{case.id}: {case.message}"[:300], case.file, case.line) for case in bad]
    return items, sum(case.outcome is not TestOutcome.SKIPPED for case in cases)


def _case(subject: ChangeSubject) -> dict[str, Any]:
    told = asdict(subject)
    told["settings"] = {}
    return {"schema": 1, "change": told}
