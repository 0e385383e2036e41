"""Every command that the docs show is run: here, on one incident, or in the test that is named."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.contracts.test_docs import PAGES_READ
from tests.contracts.test_json_contract import BAD, GOOD, LOG, TEST
from tests.scenarios.test_fix_agents import configure, described
from workbench.cli.main import VERBS, main
from workbench.cli.output import WORDS

TESTS = Path(__file__).parents[1]
SHOWN = re.compile(r"(?:`|^ {4}|^)(?:\.venv/bin/)?workbench ((?:--\w+ )?[a-z][^`\n]*)", re.MULTILINE)
ELSEWHERE = {
    "demo": ("scenarios/test_terminal_demo.py", '"demo"'),
    "mcp": ("scenarios/test_mcp.py", '"mcp"'),
    "install": ("contracts/test_install.py", '"install"'),
    "plugins new": ("contracts/test_plugins_new.py", '"new"'),
    "monitor": ("scenarios/deployed.py", '"monitor"'),
    "join": ("scenarios/test_join_ssh.py", '"join"'),
    "serve": ("scenarios/test_join_ssh.py", "serve --stdio"),
}
"""How a command begins that is run by another test; which, and the word by which it is known there. ``serve`` is what
``join`` starts at the other end."""
RUN = {
    'investigate "500s on login" --log app.log': 'investigate "500s on login" --log {log}',
    'investigate "checkout fails" --log shop:2026-05-12': 'investigate "checkout fails" --log {log}',
    "investigate QUESTION --format mermaid": "investigate totals --format mermaid",
    "investigate QUESTION --sarif FILE": "investigate totals --sarif {sarif}",
    "logs SOURCE...": "logs {log}",
    "logs": "logs {log}",
    "investigate": "investigate totals",
    "errors CASE --merge ID ID": "errors {case} --merge {error} {other}",
    "bisect TEST": "bisect {test} --good HEAD~1",
    "test --stress N TEST": "test --stress 2 {test}",
    "--trust fix --for tests/test_refresh.py::test_two": "--trust fix --for {test} --case {case}",
    "fix --for FINDING": "fix --for {change} --case {case}",
    "fix --list": "fix --list --case {case}",
    "fix --needed ID": "fix --needed {proposal} --case {case}",
    "fix --apply ID --minimal": "fix --apply {proposal} --minimal --case {case}",
    "fix --apply ID": "fix --apply {proposal} --case {case}",
    "write-test [CASE] [--for ID]": "write-test {case} --print",
    "write-test": "write-test {case} --print",
    "invite CASE --role commenter --for 8h --name NAME": "invite {case} --role commenter --for 8h --name guest",
    "invite CASE --list": "invite {case} --list",
    "fix --causes --agent NAME": "fix --causes --agent claims --case {case}",
    "validate": "validate --gate suite --gate tamper",
    "export CASE FILE": "export {case} {file}",
    "import FILE": "import {file}",
}
"""What stands in the docs, and with which values it is run; what is in neither table is run as it stands."""


def shown() -> set[str]:
    """The commands of the docs, without what explains them."""
    found = set()
    for page in PAGES_READ:
        for call in SHOWN.finditer(page.read_text(encoding="utf-8")):
            command = re.split(r" {2,}| \| |\\| 2>|; ", call[1])[0].strip()
            if re.sub(r"^--\w+ ", "", command).split()[0] in VERBS:
                found.add(command)
    return found


def rest_of(commands: set[str]) -> list[str]:
    """Those that are run here."""
    return sorted(each for each in commands if not any(each.startswith(begin) for begin in ELSEWHERE))


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("shown")
    repo = RepoBuilder(folder / "shop")
    for path, text in {
        "shop/__init__.py": "",
        "shop/cart.py": GOOD,
        "conftest.py": "",
        "tests/test_cart.py": TEST,
    }.items():
        repo.write(path, text)
    repo.commit("Add up the prices of an order")
    repo.write("shop/cart.py", BAD)
    repo.commit("Count the voucher too")
    said = "".join(LOG.format(day="2026-05-12", minute=f"{n:02}") for n in range(9))
    (folder / "app.log").write_text(said + said.replace("TypeError: unsupported", "ValueError: unsupported"))
    (folder / "found.sarif").write_text(json.dumps({"version": "2.1.0", "runs": []}))
    made = {"repo": repo.path, "log": folder / "app.log", "sarif": folder / "found.sarif", "file": folder / "case.wb"}
    return {name: str(path) for name, path in made.items()} | {"test": "tests/test_cart.py::test_sum"}


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, object]:
    main([*argv, "--format", "json", "--trust", "--jobs", "1"])
    return dict(json.loads(capsys.readouterr().out))


def test_each_is_run(
    values: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(values["repo"]).parent
    for name, value in {"WORKBENCH_STORE": folder / "data", "WORKBENCH_CACHE": folder / "cache",
                        "WORKBENCH_PYTHON": sys.executable, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": 1,
                        "WORKBENCH_PLAIN": "", "NO_COLOR": ""}.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(values["repo"])
    claim = {"statement": "One too many", "class": "code", "places": [{"path": "shop/cart.py", "line": 2}]}
    configure(RepoBuilder(Path(values["repo"])), monkeypatch, helper=described("claims", json.dumps([claim])))
    asked = document(capsys, "investigate", "the total is wrong since the voucher", "--log", values["log"])
    change = next(each["id"] for each in asked["changes"] if each["summary"] == "Count the voucher too")
    offered = document(capsys, "fix", "--for", change, "--case", str(asked["case"]))
    known = values | {"case": str(asked["case"]), "change": change}
    first, second = asked["errors"]
    known |= {"error": first["id"], "other": second["id"], "proposal": offered["proposals"][0]["id"]}
    commands = rest_of(shown())
    assert len(commands) > 20
    last = ("export", "import", "fix --needed", "fix --apply", "prove", "validate")
    commands.sort(key=lambda each: next((at for at, begin in enumerate(last) if each.startswith(begin)), -1))
    for command in commands:
        argv = shlex.split(RUN.get(command, command).format(**known))
        code = main([*argv, "--jobs", "1", "--plain", *([] if "--trust" in argv else ["--trust"])])
        said = capsys.readouterr()
        assert code in (0, 1, 3), f"workbench {command}: {said.err}"
        assert "Traceback" not in said.err, command
        assert not {*said.out, *said.err} & {*WORDS}, f"workbench {command} --plain says glyphs"


def test_what_is_run_elsewhere_is_run_there() -> None:
    for file, word in ELSEWHERE.values():
        assert word in (TESTS / file).read_text(encoding="utf-8"), file


def test_the_tables_hold_nothing_that_is_shown_no_longer() -> None:
    assert set(RUN) <= shown()


def test_every_benchmark_is_on_its_page() -> None:
    page = next(page for page in PAGES_READ if page.name == "benchmarks.md").read_text(encoding="utf-8")
    made = [path.stem for path in (TESTS / "bench").glob("*.py") if '"__main__"' in path.read_text(encoding="utf-8")]
    assert not [name for name in made if f"bench/{name}.py" not in page and f"bench.{name}`" not in page]
