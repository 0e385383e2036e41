"""What proves and validates a fix stands in the case that asks about its repository, else in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick


def workbench(*args: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-P", "-m", "workbench", *args]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_a_proof_and_the_gates_stand_in_the_case_that_asked(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    alias = {"conftest.py": 'import json\nimport sys\n\nsys.modules["shop.vendored"] = json\n'}
    repo, other = make_repo({**SHOP, **alias}), make_repo({"x.py": "", **SHOP})
    case = workbench("investigate", "the total is wrong", "--repo", str(repo.path)).stdout.split()[1]
    repo.write("shop.py", RIGHT)
    proved = workbench("prove", "test_shop.py::test_total", "--repo", str(repo.path), "--trust")
    assert f"goes on with case {case}: the total is wrong" in proved.stderr
    assert proved.returncode == 0, f"a library under a name of the project's is the library: {proved.stdout}"
    judged = workbench("validate", "--gate", "tamper", "--repo", str(repo.path), "--trust")
    assert f"goes on with case {case}" in judged.stderr
    assert "no plan: it is made when every gate is run" in judged.stdout
    told = json.loads(workbench("report", case, "--as", "timeline", "--format", "json").stdout)
    text = json.dumps(told)
    assert "proof" in text
    assert "tamper" in text
    other.write("shop.py", RIGHT)
    assert "goes on" not in workbench("validate", "--gate", "tamper", "--repo", str(other.path), "--trust").stderr
    assert workbench("cases", "--format", "json").stdout.count(str(other.path)) == 1
