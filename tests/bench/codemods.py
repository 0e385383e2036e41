"""What the codemods do to real repositories: how many places, whether every output parses, whether passing tests pass.

    python tests/bench/codemods.py REPOSITORY[=PYTHON[:TESTS]] ... [--tries N] [--only NAME,...]

Each is cloned. Every finding of our rules and of ruff that a codemod mends is tried by itself (with --tries the first N
for each codemod: every try parses a file anew); what comes of it must parse and be done (twice changes nothing).
Then (not with --tries alone) all of them are applied together, one after the other, and with a PYTHON the tests are run
before and after: one that passed and does not any more is counted as broken. With --only these codemods alone.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]

from workbench_codemods.catalogue import CODEMODS, RULES
from workbench_rules.analyzer import check, wanted
from workbench_rules.catalogue import rules_of
from workbench_rules.module import parse

RUFF = ",".join(sorted({rule for rules in RULES.values() for rule in rules if not rule.startswith("WB")}))
TRIES = 1_000_000
"""Places that one codemod is tried at in a repository, at most."""
ONLY = tuple(CODEMODS)
"""The codemods that are tried."""
MOST = 400
"""Changes that are applied together at most."""


@dataclass
class Told:
    """What came of one repository."""

    files: int = 0
    findings: int = 0
    tries: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    applied: int = 0


def ruffs(where: Path) -> dict[str, list[tuple[str, int]]]:
    """(rule, line) of what ruff finds, by absolute path."""
    ruff = Path(sys.executable).with_name("ruff")
    argv = [ruff, "check", "--isolated", "--no-cache", "--exit-zero", "--select", RUFF, "--output-format", "json"]
    said = subprocess.run([*argv, "--", where], capture_output=True, text=True, check=False).stdout
    found: dict[str, list[tuple[str, int]]] = {}
    for item in json.loads(said or "[]"):
        if item["code"]:
            found.setdefault(item["filename"], []).append((item["code"], item["location"]["row"]))
    return found


def ours(path: Path, source: str) -> Iterator[tuple[str, int]]:
    """(rule, line) of what our rules find in a file."""
    try:
        module = parse(path.name, source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for rule in rules_of(("default", "more")):
        if not rule.whole:
            yield from ((found.rule, found.line) for found in check(rule, module))


def change(name: str, source: str, line: int) -> str | None:
    """The source after one codemod at a line; None where it has not the shape."""
    made = import_module(f"workbench_codemods.{name.replace('-', '_')}").change(source, line)
    return made[0] if made is not None and made[0] != source else None


def tried(path: Path, source: str, found: list[tuple[str, int]], told: Told) -> None:
    """Each finding by itself."""
    for rule, line in found:
        told.findings += 1
        for name in ONLY:
            if rule not in RULES[name] or told.tries[name] >= TRIES:
                continue
            told.tries[name] += 1
            made = change(name, source, line)
            if made is None:
                continue
            told.made[name] += 1
            try:
                ast.parse(made)
            except SyntaxError as error:
                told.broken.append(f"{path}:{line} {name}: {error}")
                continue
            text = source.splitlines()[line - 1]
            if made.splitlines().count(text) and any(
                change(name, made, at) == made for at, each in enumerate(made.splitlines(), 1) if each == text
            ):
                told.again.append(f"{path}:{line} {name}")


def together(path: Path, told: Told) -> None:
    """Every change that can be made to a file, one after the other."""
    for _ in range(50):
        source = path.read_text(encoding="utf-8")
        made = next(
            (
                made
                for rule, line in (*ours(path, source), *ruffs(path).get(str(path), ()))
                for name in ONLY
                if told.made[name] and rule in RULES[name] and (made := change(name, source, line)) is not None
            ),
            None,
        )
        if made is None or told.applied >= MOST:
            return
        ast.parse(made)
        path.write_text(made, encoding="utf-8")
        told.applied += 1


def tests_of(root: Path, python: str, which: str) -> dict[str, str]:
    """Outcome of every test by name."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "junit.xml"
        env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{root}/src:{root}", "HOME": folder}
        argv = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={out}"]
        subprocess.run([*argv, *which.split()], cwd=root, env=env, capture_output=True, check=False, timeout=900)
        found = ElementTree.parse(out).iter("testcase") if out.exists() else ()
        return {
            f"{case.get('classname')}.{case.get('name')}": "bad"
            if any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
            else "passed"
            for case in found
        }


def checked_out(where: str, root: Path) -> None:
    """A clone at ``root``; where a mirror lacks its largest files, of its Python files alone."""
    subprocess.run(["git", "clone", "-q", "-n", where, str(root)], check=True)
    checkout = ["git", "-C", str(root), "checkout", "-q", "HEAD", "--"]
    if subprocess.run([*checkout, "."], capture_output=True, check=False).returncode:
        subprocess.run([*checkout, "*.py"], check=True)


def measured(spec: str) -> Told:
    """One repository, told line by line."""
    where, _, how = spec.partition("=")
    python, _, which = how.partition(":")
    told = Told()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repo"
        checked_out(where, root)
        files = sorted(path for path in root.rglob("*.py") if wanted(path.relative_to(root).as_posix()))
        by_ruff = ruffs(root)
        touched = []
        for path in files:
            try:
                source = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            told.files += 1
            made = sum(told.made.values())
            tried(path.relative_to(root), source, [*ours(path, source), *by_ruff.get(str(path), ())], told)
            touched += [path] if sum(told.made.values()) > made else []
        before = tests_of(root, python, which) if python else {}
        for path in touched if python or TRIES > MOST else ():
            together(path, told)
        after = tests_of(root, python, which) if python else {}
    name = Path(where).parent.name if Path(where).name == "repo" else Path(where).name
    print(f"{name}: {told.files} files, {told.findings} findings, {sum(told.made.values())} changed by a codemod")
    print(f"  {', '.join(f'{name} {count}' for name, count in told.made.most_common())}")
    print(f"  do not parse: {len(told.broken)}; changed a second time: {len(told.again)}; together: {told.applied}")
    passed = [name for name, outcome in before.items() if outcome == "passed"]
    if python:
        lost = [name for name in passed if after.get(name) != "passed"]
        print(f"  tests: {len(passed)} passed before, {len(passed) - len(lost)} of them after; broken: {lost[:10]}")
    for line in (*told.broken[:10], *told.again[:10]):
        print(f"  ! {line}", flush=True)
    return told


if __name__ == "__main__":
    given = sys.argv[1:]
    if "--tries" in given:
        at = given.index("--tries")
        TRIES = int(given[at + 1])
        del given[at : at + 2]
    if "--only" in given:
        at = given.index("--only")
        ONLY = tuple(given[at + 1].split(","))
        del given[at : at + 2]
    results = [measured(spec) for spec in given]
    sys.exit(any(told.broken for told in results))
