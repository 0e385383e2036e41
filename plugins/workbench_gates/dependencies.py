"""What a change does to what is installed, and whether the new versions have known vulnerabilities."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.api import (
    Audited,
    ChangeSubject,
    Chunk,
    Command,
    CommandMissingError,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    Output,
    Step,
    audit_words,
    is_dependency_file,
    read_audit,
)

_PIN = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*((?:[=<>!~]=?=?[^;#\s]+\s*,?\s*)*)")
TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Moved:
    """One dependency that a change adds, drops or moves; ``before`` and ``after`` are as written, "" for none."""

    path: str
    name: str
    before: str
    after: str

    def words(self) -> str:
        """In a line."""
        if not self.before:
            return f"{self.name} {self.after} comes new"
        return f"{self.name} {self.before} goes" if not self.after else f"{self.name} {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class Audit:
    """What pip-audit said of one file on one side."""

    path: str
    side: str
    said: Audited


class DependenciesGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where a file changes that says what is installed."""
        return "" if any(map(is_dependency_file, subject.paths)) else "no file changes that says what is installed"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The differences, then pip-audit on both sides of each requirements file."""
        paths = [path for path in subject.paths if is_dependency_file(path)]
        yield Chunk(moved, (tuple(paths), subject.base_worktree, subject.head_worktree))
        for path in paths:
            if path.endswith(".txt"):
                for side, root in (("base", subject.base_worktree), ("head", subject.head_worktree)):
                    yield Known((await _audit(host, path, side, root),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a vulnerability that base has not. What could not be looked up is no pass: a person must judge."""
        moves = [each for each in results if isinstance(each, Moved)]
        heads = [each for each in results if isinstance(each, Audit) and each.side == "head"]
        bases = [each for each in results if isinstance(each, Audit) and each.side == "base"]
        known = {found for each in bases for found in each.said.found}
        new = [(each.path, found) for each in heads for found in each.said.found if found not in known]
        audited = sum(each.said.looked_up for each in heads)
        said = "; ".join(move.words() for move in moves[:3]) or "no dependency moves"
        more = f" and {len(moves) - 3} more" if len(moves) > 3 else ""
        status, reason = GateStatus.PASS, f"{said}{more}; {audited} looked up, no new vulnerability"
        if new:
            status, reason = GateStatus.FAIL, f"{new[0][1][0]} has {new[0][1][1]}, which base has not"
        elif unseen := [(move, why) for move in moves if move.after and (why := _unaudited(move, heads))]:
            move, why = unseen[0]
            others = f" and {len(unseen) - 1} more" if len(unseen) > 1 else ""
            status, reason = GateStatus.INCONCLUSIVE, f"{move.words()}{others}: not audited: {why}"
        elif not moves and not audited:
            status, reason = GateStatus.PASS, "the files change, and no dependency with them"
        files = [path for path in subject.paths if is_dependency_file(path)]
        figures = (
            Figure("new vulnerabilities", len(new) if audited else None, threshold=0, baseline=len(known), n=audited),
            Figure("dependencies moved", len(moves), n=len(files)),
        )
        evidence = [Evidence(f"{path}:{name}", f"{name} has {ident}", path) for path, (name, ident) in new]
        evidence += [Evidence(f"{move.path}:{move.name}", move.words(), move.path) for move in moves[:30]]
        return GateResult(
            "dependencies",
            "dependencies",
            status,
            reason,
            figures=figures,
            examined=max(audited, len(files)),
            evidence=tuple(evidence),
            tool="pip-audit" if audited else "",
        )


def _unaudited(move: Moved, heads: Sequence[Audit]) -> str:
    """Why nothing is known of the version that a dependency moves to; empty where it was looked up."""
    said = next((each.said for each in heads if each.path == move.path), None)
    return (
        said.why_not(move.name) if said is not None else f"pip-audit is asked about requirements alone, not {move.path}"
    )


def moved(paths: Sequence[str], base: str, head: str) -> list[Moved]:
    """What is written differently on the two sides."""
    found = []
    for path in paths:
        before, after = _written(Path(base) / path), _written(Path(head) / path)
        names = (name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
        found += [Moved(path, name, before.get(name, ""), after.get(name, "")) for name in names]
    return found


def _written(path: Path) -> Mapping[str, str]:
    """Dependencies and versions that a file names; empty for one that is not there or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    try:
        if path.suffix in (".toml", ".lock") and path.name != "yarn.lock":
            return _toml(tomllib.loads(text))
        if path.suffix == ".json":
            return _json(json.loads(text))
    except ValueError:
        return {}
    pins = (_PIN.match(line) for line in text.splitlines() if line.strip() and line.lstrip()[0] not in "#-")
    return {pin[1].lower().replace("_", "-"): pin[2].strip() or "any" for pin in pins if pin}


def _toml(document: Mapping[str, Any]) -> Mapping[str, str]:
    packages = document.get("package")
    if isinstance(packages, list):
        return {str(each.get("name")): str(each.get("version", "any")) for each in packages}
    project = document.get("project", {})
    texts = [
        *project.get("dependencies", ()),
        *(each for group in project.get("optional-dependencies", {}).values() for each in group),
    ]
    texts += document.get("build-system", {}).get("requires", ())
    pins = (_PIN.match(str(each)) for each in texts)
    found = {pin[1].lower(): pin[2].strip() or "any" for pin in pins if pin}
    poetry = document.get("tool", {}).get("poetry", {}).get("dependencies", {})
    return found | {str(name): str(version) for name, version in poetry.items()}


def _json(document: Mapping[str, Any]) -> Mapping[str, str]:
    found = {}
    for key in ("dependencies", "devDependencies"):
        for name, version in (document.get(key) or {}).items():
            found[name] = str(version.get("version", "any")) if isinstance(version, dict) else str(version)
    for place, package in (document.get("packages") or {}).items():
        if place:
            found[PurePosixPath(place).name] = str(package.get("version", "any"))
    return found


async def _audit(host: GateHost, path: str, side: str, root: str) -> Audit:
    file = Path(root) / path
    if not file.exists():
        return Audit(path, side, Audited(problem=f"{path} is not there"))
    try:
        (said,) = await host.run(Command(audit_words(str(file)), read_output, timeout=TIMEOUT))
    except CommandMissingError:
        return Audit(path, side, Audited(problem="pip-audit is not on PATH"))
    return Audit(path, side, said)


def read_output(output: Output) -> list[Any]:
    """What pip-audit said."""
    return [read_audit(output.stdout, output.stderr)]
