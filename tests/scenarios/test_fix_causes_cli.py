"""``workbench fix --causes --agent NAME``: what an agent claims, with what was found at the places that it cites."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP
from tests.scenarios.test_app_agent import CLAIMS
from tests.scenarios.test_fix_agents import configure, described


def fix(repo: RepoBuilder, *args: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-P", "-m", "workbench", "--store", str(repo.path.parent / "data"), *args]
    return subprocess.run(argv, cwd=repo.path, capture_output=True, text=True, check=False)


def test_claims_are_told_with_what_was_found_at_their_places(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(repo, monkeypatch, claims=described("claims", json.dumps(CLAIMS)), dies=described("dies"))
    causes = ("fix", "--causes", "--agent", "claims")
    refused = fix(repo, *causes)
    assert refused.returncode == 3, "nothing is executed before it is trusted"
    assert "--trust" in refused.stderr

    said = fix(repo, "--trust", *causes)
    assert said.returncode == 0, said.stderr
    assert "The first price is skipped  (claimed by claims)" in said.stdout
    assert "− cites db.py, which is not there" in said.stdout
    assert (repo.path / "shop.py").read_text() == SHOP["shop.py"], "it wrote into a copy"

    document = json.loads(fix(repo, "--trust", *causes, "--format", "json").stdout)
    assert document["schema"] == 1
    assert [each["statement"] for each in document["hypotheses"]] == [
        "The first price is skipped",
        "The database is slow",
    ]
    assert {each["status"] for each in document["hypotheses"]} == {"proposed"}


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((), 2, "--causes asks an agent, and none is named"),
        (("--agent", "nobody"), 2, "there is no agent nobody"),
        (("--agent", "dies"), 1, "out of credit"),
    ],
)
def test_an_agent_that_is_not_there_or_dies_is_said_and_changes_nothing(
    args: tuple[str, ...], code: int, said: str, make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(repo, monkeypatch, dies=described("dies"))
    ended = fix(repo, "--trust", "fix", "--causes", *args)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
