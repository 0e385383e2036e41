"""A load goes on until it can tell something, and takes its turns again before it calls the head slower."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from workbench_server.drive import loading
from workbench_server.drive.client import Answer, Request, Where
from workbench_server.drive.figures import FEWEST
from workbench_server.drive.loading import AGAIN, TURNS, load
from workbench_server.drive.servers import Remote

TOOK = {"http://slow": 0.2, "http://quick": 0.1}
"""By address: the seconds of each answer."""


@pytest.mark.parametrize(
    ("head", "base", "turns"), [("slow", "quick", TURNS * AGAIN), ("quick", "slow", TURNS), ("quick", "quick", TURNS)]
)
def test_enough_is_asked_and_a_slower_head_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str, base: str, turns: int
) -> None:
    def answered(where: Where, request: Request) -> Answer:
        time.sleep(0.002)
        return Answer(200, seconds=TOOK[str(where)])

    monkeypatch.setattr(loading, "send", answered)
    monkeypatch.setattr(loading, "SETTLE", 0.0)
    monkeypatch.setattr(loading, "PATIENCE", 5000)
    sides = {
        name: Remote(f"http://{url}", str(tmp_path), sys.executable, tmp_path)
        for name, url in (("base", base), ("head", head))
    }
    found = load(sides, {"requests": [{"path": "/"}], "seconds": 0.006, "clients": 2}, {})
    for side in ("base", "head"):
        assert found[side]["requests"] >= FEWEST, "more than its seconds have room for"
        assert len(found[side]["tails"]) == turns
        assert found[side]["answers"]["good"] == found[side]["requests"]
