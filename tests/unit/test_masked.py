"""How many secrets were masked is recorded with what they stood in, and told wherever the case is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_fold import finished, numbered, reported, started
from workbench.analysis.redact import redact_data
from workbench.case.events import MASKED, masked_in, new_event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.cli.main import main
from workbench.engine.store.seam import admitted

_TEXT = st.lists(
    st.sampled_from(["password=hunter2", "token=a1b2c3d4", "redis://u:pw1@h", "hello", " ", '"', "***"]), max_size=4
).map("".join)


@settings(max_examples=150)
@given(st.lists(_TEXT, max_size=5))
def test_the_case_counts_every_secret_that_its_events_lost(texts: list[str]) -> None:
    raw = numbered(*(new_event("note.added", "ann", {"text": text, "lines": [text]}) for text in texts))
    kept = [admitted(event) for event in raw]
    assert fold(CaseState(), kept).masked == sum(redact_data(event.data)[1] for event in raw)
    assert [admitted(event) for event in kept] == kept, "whoever looks again counts nothing twice"
    for event in kept:
        assert "hunter2" not in json.dumps(event.data)


@given(st.none() | st.booleans() | st.text() | st.floats() | st.integers(max_value=0) | st.integers(1 << 30))
def test_a_count_that_is_none_counts_nothing(rubbish: Any) -> None:
    event = replace(new_event("note.added", "eve", {"text": "x", MASKED: rubbish}), seq=1)
    assert fold(CaseState(), [event]).masked == masked_in([rubbish]) == 0


def test_a_journal_of_before_counts_none_and_an_interrupted_run_counts_too() -> None:
    old = numbered(started("logs", "r"), reported("r", "token=***"), finished("logs", "r"))
    assert fold(CaseState(), old).masked == 0
    half = [admitted(event) for event in numbered(started("logs", "r"), reported("r", "token=hunter2"))]
    assert fold(CaseState(), half).masked == 3, "rule, title and fingerprint"


def test_an_investigation_says_how_many_and_so_do_its_report_and_the_list_of_cases(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "app.py").write_text("def login():\n    raise KeyError('user')\n")
    log = tmp_path / "app.log"
    log.write_text("2026-05-12T14:00:00Z ERROR login failed password=hunter2 of redis://u:hunter2@cache/0\n" * 3)
    data = ["--store", str(tmp_path / "data")]
    asked = ["investigate", "login fails, token=hunter2", "--repo", str(tmp_path / "repo"), "--log", str(log)]
    assert main([*data, *asked, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["masked"] > 2
    assert main([*data, "cases", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"][0]["masked"] == document["masked"]
    told = f"{document['masked']} secrets masked before anything was recorded."
    assert main([*data, "report"]) == 0
    report = capsys.readouterr().out
    assert report.splitlines()[2] == told
    assert r"asked: login fails, token=\*\*\*; 1 secret masked" in report
    assert any("logs: " in line and "secrets masked" in line for line in report.splitlines())
    assert main([*data, "report", "--format", "html"]) == 0
    assert f"<p>{told}</p>" in capsys.readouterr().out
