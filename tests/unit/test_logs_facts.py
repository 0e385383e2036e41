"""What a source says of itself: the times in which it is silent, older records that were not asked for."""

from __future__ import annotations

import time
from pathlib import Path

from workbench.analysis.logs.digest.facts import gaps
from workbench.analysis.logs.files import find_files
from workbench.analysis.logs.scan.part import scan_whole, survey

START = 1_767_225_600


def record(second: int) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(START + second))},000 INFO shop: page {second} served\n"


def test_a_stretch_without_a_record_is_said_and_a_steady_log_has_none(tmp_path: Path) -> None:
    steady, broken = tmp_path / "steady.log", tmp_path / "broken.log"
    steady.write_text("".join(record(second) * 4 for second in range(14_400)))
    broken.write_text("".join(record(second) * 4 for second in range(14_400) if not 3600 <= second < 7200))
    said = [gaps(scan_whole(survey(str(path))[0]).finish().segments) for path in (steady, broken)]
    assert said[0] == []
    (gap,) = said[1]
    assert "record between 2026-01-01 00:5" in gap
    assert gap[-8:-4] == "02:0", "it ends where records come again, give or take a few"


def test_what_was_rotated_away_is_named_and_read_when_asked_for(tmp_path: Path) -> None:
    for name in ("app.log", "app.log.1", "app.log-20260101.gz", "app.logic"):
        (tmp_path / name).write_text(record(1))
    (note,) = find_files(str(tmp_path / "app.log")).notes
    assert note.startswith("older records were rotated to app.log-20260101.gz, app.log.1, not read")
    assert len(find_files(str(tmp_path / "app.log*")).files) == 4
    assert find_files(str(tmp_path / "gone.log")).denied == (f"{tmp_path / 'gone.log'}: no such file",)
