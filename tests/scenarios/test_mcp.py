"""An agent at a case: the client of the Model Context Protocol's own SDK talks to the real program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.conftest import RepoBuilder
from tests.scenarios.test_prove import BUG, FIXED, NEW_TEST, OLD_TEST

LOG = """2026-05-12T13:59:00Z INFO order taken
2026-05-12T14:00:00Z ERROR checkout failed
Traceback (most recent call last):
  File "/srv/shop/shop/cart.py", line 2, in total
    return sum(prices) + 1
TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'
"""
PROGRAM = [sys.executable, "-P", "-m", "workbench"]


@pytest.fixture
def repo(make_repo: Any, tmp_path: Path) -> RepoBuilder:
    repo: RepoBuilder = make_repo(
        {"shop/__init__.py": "", "shop/cart.py": BUG, "tests/test_cart.py": OLD_TEST, "conftest.py": ""}
    )
    (tmp_path / "app.log").write_text(LOG)
    return repo


def environment(folder: Path) -> dict[str, str]:
    given = {"WORKBENCH_STORE": str(folder / "data"), "WORKBENCH_CACHE": str(folder / "cache")}
    return {**os.environ, **given, "WORKBENCH_PYTHON": sys.executable, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@asynccontextmanager
async def agent(repo: RepoBuilder, folder: Path, *argv: str) -> AsyncIterator[Client]:
    words = [*PROGRAM[1:], "mcp", "--repo", str(repo.path), *argv]
    async with Client(StdioServerParameters(command=PROGRAM[0], args=words, env=environment(folder))) as client:
        yield client


async def ask(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    return dict(answer.structured_content or {})


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error, answer
    return str(answer.content)


async def test_it_reads_the_case_and_can_do_no_more(repo: RepoBuilder, tmp_path: Path) -> None:
    said = subprocess.run(
        [*PROGRAM, "mcp", "--repo", repo.path], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert said.returncode == 3
    assert "no case" in said.stderr
    asked = [*PROGRAM, "investigate", "checkout fails", "--repo", repo.path, "--log", tmp_path / "app.log"]
    subprocess.run(list(map(str, asked)), env=environment(tmp_path), capture_output=True, check=True)

    async with agent(repo, tmp_path) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"read_case", "patterns", "search"}
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        case = await ask(client, "read_case")
        assert (case["question"], case["parts"]["errors"]) == ("checkout fails", 1)
        (error,) = (await ask(client, "read_case", part="errors"))["items"]
        assert (error["type"], error["frames"][-1]["path"]) == ("TypeError", "shop/cart.py")
        files = (await ask(client, "read_case", part="files", limit=1))["items"]
        assert [each["path"] for each in files] == ["shop/cart.py"], "the ranking too, of a case opened again"
        found = await ask(client, "search", text="sum(prices)")
        assert {"path": "shop/cart.py", "line": 2, "text": "    return sum(prices) + 1"} in found["items"]
        assert (await ask(client, "patterns", words="checkout"))["of"] == 1
        assert "errors" in await refused(client, "read_case", part="nothing")
        assert await refused(client, "add_evidence", text="x")


async def test_started_to_write_it_investigates_runs_proves_and_adds_evidence(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    async with agent(repo, tmp_path, "--write", "--trust") as client:
        began = await ask(client, "investigate", question="checkout fails", logs=[str(tmp_path / "app.log")])
        assert began["parts"]["errors"] == 1
        repo.write("shop/cart.py", FIXED)
        repo.write("tests/test_cart.py", NEW_TEST)
        run = await ask(client, "tests")
        assert (run["status"], run["of"], run["not_green"]) == ("passed", 2, [])
        proof = await ask(client, "prove")
        assert (proof["status"], proof["tests"]) == ("proven", ["tests/test_cart.py::test_sum"])
        assert (await ask(client, "add_evidence", text="one too many", path="shop/cart.py", line=2))["pins"] == 1
        (pin,) = (await ask(client, "read_case", part="pins"))["items"]
        assert (pin["text"], pin["path"]) == ("one too many", "shop/cart.py")
        assert pin["by"].endswith("(agent)"), "the record says who it was"


async def test_an_agent_is_not_a_way_around_trust(repo: RepoBuilder, tmp_path: Path) -> None:
    async with agent(repo, tmp_path, "--write") as client:
        assert "not trusted" in await refused(client, "tests")
        assert "not trusted" in await refused(client, "prove")
        assert "not trusted" in await refused(client, "investigate", question="x", logs=["cmd:touch /tmp/tripped"])


def test_nothing_else_imports_the_sdk() -> None:
    program = "import sys; from workbench.cli.main import main; main(['cases']); assert 'mcp' not in sys.modules"
    subprocess.run([sys.executable, "-P", "-c", program], check=True, capture_output=True)
