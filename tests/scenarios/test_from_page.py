"""A case is opened from the page: headless and on screen, every fact is taken over with where it stands."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import workbench
from tests.scenarios.shop_incident import write_shop
from tests.unit.test_intake import DATA
from workbench.cli.main import main
from workbench.engine.intake import taken_over
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session


@pytest.fixture
def repo(tmp_path: Path) -> RepoBuilder:
    builder = RepoBuilder(tmp_path / "shop")
    write_shop(builder)
    return builder


def investigated(repo: RepoBuilder, capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    """The document of ``workbench investigate`` on the shop."""
    assert main(["investigate", *args, "--repo", str(repo.path), "--format", "json"]) == 0, capsys.readouterr().err
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def test_a_sentry_event_leads_to_the_line_and_fills_the_case(
    repo: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    document: dict[str, object] = investigated(repo, capsys, "--from", str(DATA / "sentry_event.json"))
    assert document["question"] == "KeyError: 'B-17'"
    assert document["deployed"] == repo.head, "release shop@1.4.0 is the tag v1.4.0"
    error = document["errors"][0]
    assert [(f["path"], f["mapped"]) for f in error["frames"]] == [
        ("django/core/handlers/exception.py", False),
        ("shop/web.py", True),
        ("shop/cart.py", True),
    ]
    assert document["files"][0]["path"] == "shop/cart.py"
    assert any(signal["name"] == "log_error" for signal in document["files"][0]["signals"])
    assert document["impact"]["users"] == 1
    taken = {item["name"]: item for item in document["intake"][0]["taken"]}
    assert taken["deployed"]["origin"] == "release shop@1.4.0 is v1.4.0 here"
    assert taken["since"] == {"name": "since", "value": "2026-05-12T14:02:13.182000Z", "origin": "timestamp"}


def test_a_release_that_is_no_revision_here_is_said_and_none_is_guessed(
    repo: RepoBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.txt").write_text("orders fail\nRelease: 9.9.9+" + repo.head[:5])
    document = investigated(repo, capsys, "--from", str(tmp_path / "page.txt"))
    said = {check["analyzer"]: check["summary"] for check in document["checks"]}
    assert f"release 9.9.9+{repo.head[:5]} is no tag or commit here" in said["intake"]
    assert document["deployed"] == "", "five letters are not the commit that begins so"


def test_a_trace_shows_the_query_that_is_asked_for_each_row_first(
    repo: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    document = investigated(repo, capsys, "--from", str(DATA / "otlp.json"), "--playbook", "performance")
    first = document["findings"][0]
    assert (first["path"], first["line"], first["rule"], first["severity"]) == ("shop/orders.py", 7, "WB301", "error")
    assert first["message"].startswith("41 × SELECT name FROM customer WHERE id = ? under one list_orders")
    assert {"source": "service:shop-api", "target": "service:rates", "observed": 1} in document["map"]["edges"]
    assert document["errors"][0]["frames"][-1]["path"] == "shop/rates.py"


def test_an_alert_and_standard_input_and_what_cannot_be_read(
    repo: RepoBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (DATA / "plain.txt").open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        document = investigated(repo, capsys, "--from", "-", "--from", str(DATA / "alertmanager.json"))
    assert [each["source"] for each in document["intake"]] == ["standard input", "alertmanager.json"]
    assert str(document["question"]).startswith("Orders fail with 500")
    assert main(["investigate", "--from", str(repo.path / "missing.json"), "--repo", str(repo.path)]) == 2
    assert "missing.json: No such file" in capsys.readouterr().err
    assert main(["investigate", "slow", "--playbook", "perf", "--repo", str(repo.path)]) == 2
    assert "no playbook perf; there are bug" in capsys.readouterr().err


async def test_on_screen_the_page_opens_the_case_and_can_be_read_and_the_playbook_changed(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    options = Namespace(store=str(tmp_path / "store"), documents=[str(DATA / "sentry_event.json")])
    async with workbench(repo.path, options, (160, 48)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.settle()
        await driver.until(lambda: "KeyError" in driver.shown("errors"), "the error")
        assert driver.session.state.question == "KeyError: 'B-17'"
        driver.app.do_case_taken()
        await driver.sees("from exception")
        await driver.sees("shop@1.4.0")
        await driver.press("escape")
        driver.app.do_case_playbook()
        await driver.sees("Playbook: ask the same with")
        await driver.type("performance")
        await driver.press("enter")
        await driver.until(lambda: driver.session.state.playbook == "performance", "the playbook")
        await driver.settle()
        assert driver.session.state.intake[0].format == "sentry", "asking again keeps what was taken over"


async def test_on_screen_a_page_that_cannot_be_read_says_so_on_the_start_screen(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    options = Namespace(store=str(tmp_path / "store"), documents=[str(tmp_path / "gone.json")])
    async with workbench(repo.path, options, (100, 30)) as driver:
        await driver.sees("gone.json: No such file")


async def test_the_journal_keeps_what_was_taken_over(repo: RepoBuilder, tmp_path: Path) -> None:
    options = Namespace(store=str(tmp_path / "store"))
    session = await Session.open(repo.path, from_arguments(options))
    question = await taken_over(session.services, Question(""), [str(DATA / "github_issue.json")])
    await session.investigate(question)
    case = session.state.id
    await session.close()
    session = await Session.open(repo.path, from_arguments(Namespace(**vars(options), case=case)))
    try:
        assert session.state.intake == question.intake
        assert session.state.intake[0].value("users") == "340"
    finally:
        await session.close()


def test_the_page_may_stand_before_the_repository_on_the_command_line(
    repo: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--from", "page.json", "--trust", str(repo.path)]) == 2
    assert "the screens need a terminal" in capsys.readouterr().err
    assert main(["--from", "-", str(repo.path)]) == 2
    assert "--from - cannot be read" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--form", "page.json", "investigate", "slow"])
    assert "unrecognized arguments: --form" in capsys.readouterr().err
