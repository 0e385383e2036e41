"""Fixers that are other programs: ruff's own fixes, a program that prints a patch, configuration as it was before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick, session_on
from tests.scenarios.test_fix_agents import configure
from tests.scenarios.test_fix_proposals import TEST
from tests.scenarios.test_fix_revert import commit, suspects, told
from workbench.case.enums import ChangeKind, Severity
from workbench.case.model import Finding
from workbench.case.state import Report
from workbench.engine.proposals.asking import SUSPECTS, requests_for
from workbench.engine.proposals.offering import offer
from workbench.engine.session import Session
from workbench.engine.views import merged

PATCHES = """
import difflib, json, pathlib, sys
request = json.load(sys.stdin)["request"]
assert request["failing_test"] == sys.argv[1], request
before = pathlib.Path("shop.py").read_text()
after = before.replace("prices[1:]", "prices")
old, new = before.splitlines(True), after.splitlines(True)
sys.stdout.writelines(difflib.unified_diff(old, new, "a/shop.py", "b/shop.py"))
"""


async def found(session: Session, *findings: Finding) -> None:
    """As an analyzer says it."""
    await told(session, "ruff", Report("looked", findings=findings))


async def test_ruffs_fix_of_one_finding_is_a_proposal(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    monkeypatch.setenv("PATH", f"{sys.exec_prefix}/bin:/usr/bin:/bin")
    text = "import os\nimport sys  # wide — apart\n\n\ndef f():\n    return 1\n"
    repo = make_repo({**SHOP, "a.py": text})
    unused = Finding("ruff:1", "a.py", 2, 2, "F401", "`sys` imported but unused", Severity.WARNING, "ruff", "fp")
    other = replace(unused, id="x:1", analyzer="x", fingerprint="fp2")
    async with session_on(repo) as session:
        await found(session, unused, other)
        (made,) = (await offer(session.services, "ruff:1", ["ruff-fix"])).proposals
        assert made.title == "a.py:2: Remove unused import: `sys`"
        assert (made.rule, made.paths, made.added, made.removed) == ("F401", ("a.py",), 0, 1)
        assert "import os" not in "".join(line for line in made.diff.split("\n") if line.startswith("-"))
        assert {each.outcome for each in made.tests} == {"green"}
        assert not (await offer(session.services, "x:1", ["ruff-fix"])).proposals


async def test_a_program_of_a_manifest_gives_a_patch(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({**SHOP, "fix.py": PATCHES})
    command = [sys.executable, "{root}/fix.py", "{test}"]
    lines = ['name = "mine"', 'title = "by my program"', f"command = {command!r}", 'output = "patch"']
    wrong = f"command = {[sys.executable, '-c', 'print(1)']!r}"
    rules = f'rules = ["S1*"]\ncommand = {command!r}'
    configure(repo, monkeypatch, mine="\n".join([*lines, 'stdin = "case-json"']), wrong=wrong, rules=rules)
    async with session_on(repo) as session:
        offered = await offer(session.services, TEST, ["mine", "wrong", "rules"])
        assert len(offered.proposals) == 1, offered.said
        (made,) = offered.proposals
        assert (made.fixer, made.title, made.paths) == ("mine", "by my program", ("shop.py",))
        assert {each.outcome for each in made.tests} == {"green"}
        assert offered.said == (
            "wrong: failed: FixerOutputError: its patch does not apply: error: No valid patches in "
            'input (allow with "--allow-empty")',
        )
        assert (repo.path / "shop.py").read_text() == SHOP["shop.py"]


async def test_configuration_is_brought_back_alone_and_few_suspects_are_taken_back_unasked(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    settings = "# settings\nfirst = {}\nother = 1\n"
    test = "def test_first():\n    text = open('app.toml').read()\n    assert 'first = 0' in text\n"
    repo = make_repo({"app.toml": settings.format(0), "shop.py": SHOP["shop.py"], "test_app.py": test})
    repo.write("app.toml", settings.format(1))
    repo.write("shop.py", RIGHT)
    repo.commit("Both at once")
    setting = replace(commit("c1", ChangeKind.CONFIGURATION, repo.head), summary="first 0 → 1", paths=("app.toml",))
    many = [replace(commit(f"m{n}", ChangeKind.COMMIT, repo.head), score=n / 10) for n in range(1, 9)]
    async with session_on(repo) as session:
        await suspects(session, setting, *many)
        made, *_ = (await offer(session.services, "c1", beside="test_app.py::test_first")).proposals
        assert (made.fixer, made.title) == ("configuration-back", "configuration back: first 0 → 1")
        assert made.paths == ("app.toml",), "what else the commit did stays"
        assert [each.outcome for each in made.tests if each.name in ("test", "suite")] == ["green", "green"]
        assert made.commands == (f"git checkout {repo.head[:10]}^ -- 'app.toml'",)
        asked = requests_for(session.state, merged(session.state), "", "")
        taken = [each.change.id for each in asked if each.change is not None]
        assert taken == ["c1", "m7", "m8"], "the most suspicious alone"
        assert len(taken) == SUSPECTS
        repo.write("app.toml", settings.format(2))
        (conflict,) = (await offer(session.services, "c1", ["configuration-back"])).proposals
        assert conflict.state == "conflicts"
        assert "patch failed: app.toml" in conflict.note
