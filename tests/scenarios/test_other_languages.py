"""A repository of JavaScript and one of Go: the error in the log leads to its file and function, by the command and on
screen, the change is shown there, and tests run."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from workbench_kit.pane import Pane

from tests.scenarios import driver as screen
from tests.scenarios.terminal import WORKBENCH
from tests.snapshots import incident

JAVASCRIPT = {
    "src/price.js": "export function total(order) {\n  return order.items.length * 2;\n}\n",
    "src/server.js": 'import { total } from "./price.js";\n\nexport const checkout = (order) => total(order);\n',
}
JS_LOG = (
    "{at} ERROR checkout failed\n"
    "TypeError: Cannot read properties of undefined (reading 'length')\n"
    "    at total (/srv/shop/src/price.js:2:22)\n"
    "    at checkout (/srv/shop/src/server.js:3:34)\n"
)
GO = {
    "go.mod": "module example.com/shop\n\ngo 1.19\n",
    "price/price.go": "package price\n\n// Total adds up.\nfunc Total(prices []int) int {\n\treturn prices[0]\n}\n",
    "main.go": 'package main\n\nimport "example.com/shop/price"\n\nfunc main() {\n\tprice.Total(nil)\n}\n',
}
GO_LOG = (
    "{at} ERROR checkout failed\n"
    "panic: runtime error: index out of range [0] with length 0\n\n"
    "goroutine 1 [running]:\n"
    "example.com/shop/price.Total(...)\n\t/srv/shop/price/price.go:5\n"
    "main.main()\n\t/srv/shop/main.go:6 +0x1d\n"
)
CARGO = {
    "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
    ".gitignore": "target\nCargo.lock\n",
    "src/lib.rs": "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds_up() {\n        assert_eq!(2, 3);\n    }\n}\n",
}
GO_TESTS = {
    **GO,
    "price/price_test.go": 'package price\n\nimport "testing"\n\nfunc TestOne(t *testing.T) {\n\tt.Error("no")\n}\n',
}


def write(folder: Path, files: dict[str, str]) -> Path:
    repo = folder / "shop"
    for name, text in files.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], cwd=repo, check=True)
    subprocess.run([*git, "add", "-A"], cwd=repo, check=True)
    subprocess.run([*git, "commit", "-qm", "Add up the prices of an order"], cwd=repo, check=True)
    return repo


def workbench(folder: Path, *argv: str) -> Any:
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)  # the toolchain of whoever runs the tests
    rust = {"CARGO_HOME": str(home / ".cargo"), "RUSTUP_HOME": str(home / ".rustup")}
    given = {**rust, "WORKBENCH_STORE": str(folder / "data"), "WORKBENCH_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [str(WORKBENCH), *argv, "--format", "json", "--jobs", "1"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def write_log(folder: Path, error: str) -> Path:
    """An hour of orders that were taken, then ten minutes of ``error``."""
    lines = [f"2026-05-12T13:{minute:02}:00Z INFO order taken\n" for minute in range(60)]
    lines += [error.format(at=f"2026-05-12T14:{minute:02}:00Z") for minute in range(10)]
    path = folder / "app.log"
    path.write_text("".join(lines))
    return path


@pytest.mark.parametrize(
    ("files", "log", "place", "function"),
    [(JAVASCRIPT, JS_LOG, ("src/price.js", 2), "total"), (GO, GO_LOG, ("price/price.go", 5), "Total")],
    ids=("javascript", "go"),
)
def test_the_error_of_the_log_leads_to_its_function(
    tmp_path: Path, files: dict[str, str], log: str, place: tuple[str, int], function: str
) -> None:
    repo = write(tmp_path, files)
    found = workbench(
        tmp_path, "investigate", "checkout fails", "--repo", str(repo), "--log", str(write_log(tmp_path, log))
    )
    frames = [(frame["path"], frame["line"]) for error in found["errors"] for frame in error["frames"]]
    assert place in frames
    assert place[0] in [each["path"] for each in found["files"][:2]]
    assert any(each["qualname"].endswith(function) and each["path"] == place[0] for each in found["symbols"])
    assert any("Add up the prices" in change["summary"] for change in found["changes"])


@pytest.mark.parametrize(
    ("files", "log", "path", "line", "mended"),
    [
        (JAVASCRIPT, JS_LOG, "src/price.js", "return order.items.length * 2;", "return order.items?.length ?? 0;"),
        (GO, GO_LOG, "price/price.go", "return prices[0]", "return 0"),
    ],
    ids=("javascript", "go"),
)
async def test_on_screen_too_and_what_is_changed_there_is_shown(
    tmp_path: Path, files: dict[str, str], log: str, path: str, line: str, mended: str
) -> None:
    repo, options = write(tmp_path, files), incident.arguments(tmp_path)
    options.question, options.ask, options.log = "checkout fails", True, [str(write_log(tmp_path, log))]
    async with screen.workbench(repo, options, (160, 48)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: "logs" in driver.session.state.finished, "the logs")
        await driver.still()
        await driver.press("5")
        await driver.sees(path.rpartition("/")[2])
        assert line in driver.shown("code"), "the middle shows the function of the first error"
        await driver.press("2")
        (repo / path).write_text(files[path].replace(line, mended))
        await driver.sees(mended)


@pytest.mark.parametrize(
    ("program", "files", "test", "line"),
    [("cargo", CARGO, "tests::adds_up", 5), ("go", GO_TESTS, "price::TestOne", 6)],
    ids=("cargo", "go"),
)
def test_tests_run_for_real(tmp_path: Path, program: str, files: dict[str, str], test: str, line: int) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    run = workbench(tmp_path, "test", "--repo", str(write(tmp_path, files)), "--trust")
    failed = [(each["id"], each["outcome"], each["line"]) for each in run["tests"]]
    assert failed == [(test, "failed", line)]
