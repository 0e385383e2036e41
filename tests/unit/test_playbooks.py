"""Playbooks: what they choose, whose stands first, and what a wrong one says."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.analysis.playbooks import PlaybookError, parse_playbook
from workbench.case.enums import CheckStatus, PluginKind
from workbench.case.playbook import chosen
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.playbooks import IN_REPOSITORY, find_playbook, playbooks
from workbench.engine.plugins import Plugins
from workbench.engine.session import Session

BUILT_IN = {"bug", "performance", "security", "integration", "review", "feature"}
N_PLUS_ONE = (
    "def names():\n    for order in Order.objects.filter(open=True):\n"
    "        yield User.objects.get(pk=order.user_id).name\n\n\ndef log():\n    password_log.info(password)\n"
)


@pytest.mark.parametrize(
    ("name", "patterns", "verdict"),
    [
        ("rules", ("*",), True),
        ("rules", ("!linters",), True),
        ("linters", ("!linters",), False),
        ("WB204", ("WB2*", "!WB204"), False),
        ("WB204", ("!WB2*", "WB204"), True),
        ("map", ("rules", "logs"), False),
        ("map", (), False),
    ],
)
def test_the_last_pattern_that_fits_decides(name: str, patterns: tuple[str, ...], verdict: bool) -> None:
    assert chosen(name, patterns) is verdict


def test_every_built_in_playbook_reads_and_names_only_what_there_is(tmp_path: Path) -> None:
    found, wrong = playbooks(tmp_path, True)
    assert (set(found), wrong) == (BUILT_IN, ())
    assert all(book.title for book in found.values())
    known = {plugin.name for plugin in Plugins(only_own=True).of(PluginKind.ANALYZER)}
    named = {name.removeprefix("!") for book in found.values() for name in book.analyzers}
    assert named - {"*"} <= known


def test_the_users_own_stands_before_the_built_in_and_a_repositorys_only_once_it_is_trusted(
    tmp_path: Path, own_home: Path
) -> None:
    for folder, title in ((own_home / ".config/workbench/playbooks", "mine"), (tmp_path / IN_REPOSITORY, "theirs")):
        folder.mkdir(parents=True)
        (folder / "bug.toml").write_text(f'title = "{title}"\nrules = ["WB1*"]\n')
    assert find_playbook("bug", tmp_path, False).title == "mine"
    assert find_playbook("bug", tmp_path, True).title == "theirs"
    assert find_playbook("bug", tmp_path, True).origin == ".workbench/playbooks bug.toml"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rules = [", "not TOML"),
        ("colour = 1", "no such key: colour"),
        ("rules = 'WB1'", "rules must be a list of names"),
    ],
)
def test_a_wrong_playbook_says_what_is_wrong(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=why):
        parse_playbook("mine", text, "your mine.toml")


def test_an_unknown_playbook_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"no playbook perf; there are bug, feature, .*performance"):
        find_playbook("perf", tmp_path, False)


async def test_a_playbook_chooses_analyzers_and_rules_and_the_journal_keeps_it(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    repo = make_repo({"shop/orders.py": N_PLUS_ONE})
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        await session.investigate(Question("orders are slow"))
        assert not any(finding.rule == "WB204" for finding in session.views.findings)
        await session.investigate(replace(Question("orders are slow"), playbook="performance"))
        rules = {finding.rule for finding in session.views.findings if finding.analyzer == "rules"}
        assert rules == {"WB204"}
        checks = {check.analyzer: check for check in session.views.checks}
        assert checks["playbook"].summary == "performance (built in): leaves out bandit, ruff"
        assert session.state.playbook == "performance"
        assert checks["intake"].status is CheckStatus.NOT_AVAILABLE
        assert checks["intake"].summary == "not available: no --from given"
    finally:
        await session.close()


async def test_the_settings_of_the_repository_may_name_the_playbook_of_a_new_case(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    repo = make_repo({"workbench.toml": 'playbook = "feature"\n', "a.py": "A = 1\n"})
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        await session.investigate(Question("where does it belong?"))
        assert session.state.playbook == "feature"
        assert "causes" not in {check.analyzer for check in session.views.checks}
    finally:
        await session.close()
