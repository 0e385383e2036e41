"""The programs of docs/manifests.md, written where the page says and run: a JavaScript repository joined by TOML."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.terminal import WORKBENCH

PAGE = Path(__file__).parents[2] / "docs" / "manifests.md"
BLOCK = re.compile(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES = {
    "src/price.js": """function total(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
}

function later(done) {
  setTimeout(done, 50);
}

module.exports = { total, later };
""",
    "test/price.test.js": """const { describe, it } = require("node:test");
const assert = require("node:assert");
const { total } = require("../src/price.js");

describe("total", () => {
  it("adds up", () => {
    assert.strictEqual(total([{ price: 2, quantity: 1 }]), 2);
  });

  it("is nothing for nothing", () => {
    assert.strictEqual(total(undefined), 0);
  });
});
""",
    "tools/names.py": "import os\n",
}

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    found = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert len(found) == 7, "every description of the page, and its script"
    repo = tmp_path / "shop"
    for name, text in (FILES | found).items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Add up the prices of an order"]):
        subprocess.run([*git, *words], cwd=repo, check=True)
    return repo


def workbench(repo: Path, *argv: str) -> Any:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    given = {"PATH": path, "WORKBENCH_STORE": str(repo.parent / "data"), "WORKBENCH_CACHE": str(repo.parent / "cache")}
    done = subprocess.run(
        [str(WORKBENCH), *argv, "--format", "json"],
        env={**os.environ, **given},
        cwd=repo,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_they_are_listed_with_what_is_missing(repo: Path) -> None:
    (repo / ".workbench" / "analyzers" / "wrong.toml").write_text('command = ["x"]\n\noutputs = "lines"\n')
    (repo / ".workbench" / "gates" / "suite.toml").write_text('command = ["x"]\n')
    (repo / ".workbench" / "runners" / "torn.toml").write_text('command = ["x"\n\nx')
    rows = {row["name"]: row for row in workbench(repo, "plugins")["plugins"]}
    assert [(rows[name]["kind"], rows[name]["from"]) for name in ("shop", "till", "waits", "node", "style")] == [
        ("log_source", "shop.toml"),
        ("log_format", "till.toml"),
        ("analyzer", "waits.toml"),
        ("runner", "node.toml"),
        ("gate", "style.toml"),
    ]
    assert rows["wrong"]["error"].startswith("wrong.toml:3: there is no setting outputs; did you mean")
    assert "built-in gate suite" in rows["suite (suite.toml)"]["error"]
    assert rows["torn"]["error"].startswith("torn.toml:")
    assert "waits" not in {row["name"] for row in workbench(repo, "plugins", "--safe")["plugins"]}


def test_a_log_is_read_as_its_format_says(repo: Path) -> None:
    (repo / ".workbench" / "log_formats" / "torn.toml").write_text('header = "(?P<time>"\n')
    lines = [f"12.11.2026 14h{minute:02}:07 {{ERROR}} till.cash> drawer {minute} is open" for minute in range(30)]
    (repo / "till.log").write_text("\n".join(lines) + "\n")
    told = workbench(repo, "logs", "till.log", "--trust")
    assert told["errors"][0]["first_seen"] == "2026-11-12T14:00:07Z"
    assert told["patterns"][0]["template"] == "drawer <*> is open"
    (said,) = [note for note in told["sources"][0]["notes"] if "torn" in note]
    assert said.startswith("log format torn is not used: torn.toml: the header is no regular expression")
    asked = workbench(repo, "investigate", "drawer", "--log", "till.log", "--trust")
    assert asked["errors"][0]["first_seen"] == "2026-11-12T14:00:07Z"
    rows = {row["name"]: row["error"] for row in workbench(repo, "plugins")["plugins"]}
    assert "no regular expression" in rows["torn"]
    assert not rows["till"]


def test_nothing_of_them_runs_before_the_repository_is_trusted(repo: Path) -> None:
    (repo / "tools" / "log.sh").write_text(f"touch {repo.parent}/tripped\n")
    (repo / ".workbench" / "analyzers" / "waits.toml").write_text(
        f'command = ["touch", "{repo.parent}/tripped"]\noutput = "lines"\n'
    )
    found = workbench(repo, "investigate", "checkout fails", "--log", "shop:2026-05-12")
    check = next(each for each in found["checks"] if each["analyzer"] == "waits")
    assert check["status"] == "not_available"
    assert "before you trust" in check["summary"]
    assert not workbench(repo, "logs", "shop:2026-05-12")["errors"]
    assert not (repo.parent / "tripped").exists()


def test_an_investigation_reads_its_log_and_hears_its_tools(repo: Path) -> None:
    found = workbench(repo, "investigate", "checkout fails", "--log", "shop:2026-05-12", "--trust")
    assert [error["type"] for error in found["errors"]] == ["TypeError"]
    assert found["errors"][0]["frames"][-1]["path"] == "src/price.js"
    places = {(each["analyzer"], each["path"], each["line"], each["rule"]) for each in found["findings"]}
    assert ("waits", "src/price.js", 6, "finding") in places
    assert ("pyflakes", "tools/names.py", 1, "F401") in places
    logs = workbench(repo, "logs", "shop:2026-05-12", "--trust")
    assert [error["type"] for error in logs["errors"]] == ["TypeError"]


@needs_node
def test_tests_run_and_fail_where_they_fail(repo: Path) -> None:
    run = workbench(repo, "test", "--trust")
    failing = "total::is nothing for nothing"
    assert {each["id"]: (each["outcome"], each["path"], each["line"]) for each in run["tests"]} == {
        "total::adds up": ("passed", "", 0),
        failing: ("failed", "test/price.test.js", 11),
    }
    one = workbench(repo, "test", "total::adds up", "--trust")
    assert [(each["id"], each["outcome"]) for each in one["tests"]] == [("total::adds up", "passed")]


@needs_node
def test_its_gate_judges_what_the_change_brings(repo: Path) -> None:
    (repo / "tools" / "names.py").write_text("import os\nimport sys\n")
    said = workbench(repo, "validate", "--gate", "style", "--trust")
    gate = next(each for each in said["gates"] if each["id"] == "style")
    assert gate["status"] == "fail"
    assert "F401" in gate["reason"]
