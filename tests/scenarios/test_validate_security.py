"""Secrets, rules of semgrep and files of other tools: what is new is the change's, and what is absent is named."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from workbench_linters.scanners import read_semgrep
from workbench_linters.secrets import read_detected
from workbench_linters.tools import ToolError

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick
from tests.scenarios.validating import judged
from workbench.api import Output
from workbench.case.enums import GateStatus
from workbench.case.model import GateResult

KEY = "AKIA" + "Q3EGRJ2WLP5TMX7N"
DEPLOY = "region: eu\n"


def sarif(*places: tuple[str, int]) -> str:
    results = [
        {
            "ruleId": "py/injection",
            "message": {"text": "tainted"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": line}}}],
        }
        for path, line in places
    ]
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "CodeQL"}}, "results": results}]})


@pytest.fixture
def repo(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    quick(monkeypatch)
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")))
    return make_repo({**SHOP, "deploy.yml": DEPLOY, "old.yml": f"key: {KEY}\n"})


async def security(repo: RepoBuilder) -> GateResult:
    return (await judged(repo, "security"))["security"]


def said(result: GateResult) -> Sequence[str]:
    return [each.text for each in result.evidence]


async def test_a_secret_that_the_change_brings_fails_and_one_that_was_there_does_not(repo: RepoBuilder) -> None:
    repo.write("deploy.yml", f"{DEPLOY}key: {KEY}\n")
    repo.write("old.yml", f"# of last year\nkey: {KEY}\n")
    result = await security(repo)
    assert result.status is GateStatus.FAIL, result
    assert result.reason.startswith("aws-key at deploy.yml:2: a secret in clear")
    assert not any(each.path == "old.yml" for each in result.evidence), "base has it too"
    assert "not run: semgrep has no rules here: .semgrep.yml, or gates.security.semgrep" in said(result)
    assert "not run: pip-audit was not asked: no file of requirements changes" in said(result)


async def test_files_that_other_tools_wrote_speak_of_the_lines_that_the_change_adds(repo: RepoBuilder) -> None:
    repo.write("workbench.toml", '[gates.security]\nsarif = ["codeql.sarif", "nowhere.sarif"]\n')
    repo.commit("settings")
    repo.write("shop.py", RIGHT)
    repo.write("codeql.sarif", sarif(("shop.py", 9)))
    result = await security(repo)
    assert result.status is GateStatus.PASS, result
    assert any("nowhere.sarif was not read" in text for text in said(result))
    repo.write("codeql.sarif", sarif(("shop.py", 9), ("shop.py", 5)))
    result = await security(repo)
    assert result.status is GateStatus.FAIL, result
    assert result.reason == "py/injection at shop.py:5: tainted"


async def test_rules_for_a_tool_that_is_not_there_are_said_to_be_unused(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git = shutil.which("git")
    assert git
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    repo.write(".semgrep.yml", "rules: []\n")
    repo.write("shop.py", RIGHT)
    result = await security(repo)
    texts = said(result)
    assert result.reason == "no new finding (secrets; not on PATH: ruff, bandit, detect-secrets, semgrep)"
    for tool in ("ruff", "bandit", "semgrep", "detect-secrets"):
        assert f"not run: {tool} is not on PATH" in texts


def output(document: Any, code: int = 0, error: bytes = b"") -> Output:
    return Output(("tool",), code, json.dumps(document).encode() if document else b"", error, 0.1)


def test_what_semgrep_and_detect_secrets_say_is_read() -> None:
    (found,) = read_semgrep(output(json.loads(sarif(("./a.py", 3)))))
    assert (found.path, found.line, found.rule) == ("a.py", 3, "py/injection")
    with pytest.raises(ToolError, match="no such rules"):
        read_semgrep(output(None, 7, b"no such rules\n"))
    hits = [{"type": "AWS Access Key", "line_number": 1}, {"type": "Secret Keyword", "line_number": 2}]
    known, guessed = read_detected(output({"results": {"a.py": hits}}))
    assert (known.rule, known.severity.value, guessed.severity.value) == ("AWS-Access-Key", "warning", "info")
    with pytest.raises(ToolError):
        read_detected(output(None))
