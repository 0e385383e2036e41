"""What a source says of itself: the times in which it is silent, older records that were not asked for."""

from __future__ import annotations

import time
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.logs.digest.facts import gaps
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.files import find_files
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.analysis.logs.scan.silence import LEAST_GAP, Silences
from workbench.analysis.logs.scan.stretches import Segment
from workbench.analysis.logs.scan.table import Table
from workbench.engine.logs.reading import Reader
from workbench.engine.logs.sources import file_feed

START = 1_767_225_600


def record(second: int) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(START + second))},000 INFO shop: page {second} served\n"


def test_a_stretch_without_a_record_is_said_and_a_steady_log_has_none(tmp_path: Path) -> None:
    steady, broken = tmp_path / "steady.log", tmp_path / "broken.log"
    steady.write_text("".join(record(second) * 4 for second in range(14_400)))
    broken.write_text("".join(record(second) * 4 for second in range(14_400) if not 3600 <= second < 7200))
    assert said_of(steady) == []
    assert said_of(broken) == ["no record between 2026-01-01 00:59:59 and 2026-01-01 02:00:00"]


def said_of(*paths: Path) -> list[str]:
    """The gaps of one source with these files."""
    table = Table()
    for path in paths:
        table.add(scan_whole(survey(str(path))[0]).finish())
    return gaps(table.segments, table.silences, table.records)


@pytest.mark.parametrize("every", [5, 30, 60, 120])
def test_a_small_log_tells_its_silence_to_the_second(tmp_path: Path, every: int) -> None:
    steady, broken = tmp_path / "steady.log", tmp_path / "broken.log"
    seconds = range(0, 14_400, every)
    steady.write_text("".join(map(record, seconds)))
    broken.write_text("".join(record(second) for second in seconds if not 3600 <= second < 7200))
    assert said_of(steady) == []
    assert said_of(broken) == [
        f"no record between 2026-01-01 00:{3600 // 60 - -(-every // 60)}:{-every % 60:02d} and 2026-01-01 02:00:00"
    ]
    assert said_of(broken, steady) == [], "another file of the source wrote meanwhile"


def test_a_log_that_is_written_every_quarter_of_an_hour_has_no_gap_in_that(tmp_path: Path) -> None:
    path = tmp_path / "cron.log"
    path.write_text("".join(map(record, range(0, 86_400, 900))))
    assert said_of(path) == []
    path.write_text("".join(record(second) for second in range(0, 86_400, 900) if not 30_000 <= second < 50_000))
    assert len(said_of(path)) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=2, max_size=60), st.integers(1, 20))
def test_every_silence_is_found_however_the_log_is_cut(steps: list[int], chunk: int) -> None:
    times = list(accumulate(steps))
    found: list[tuple[float, float]] = []
    silences = Silences(lambda pairs: next((float(number) for number, _ in pairs), None), found)
    for at in range(0, len(times), chunk):
        part = times[at : at + chunk]
        silences.look(part[0], part[-1], part, [b""] * len(part))
    assert sorted(found) == [(a, b) for a, b in pairwise(times) if b - a > LEAST_GAP]


def test_a_log_that_is_empty_or_fell_silent_before_the_others_is_said(tmp_path: Path) -> None:
    def write(name: str, hours: range) -> None:
        (tmp_path / name).write_text("".join(f"2026-01-01 {hour:02d}:00:00 INFO shop: hello\n" for hour in hours))

    write("web.log", range(20))
    write("job.log", range(9))
    write("job.log.1", range(19))
    write("mail.log", range(5))
    (tmp_path / "cron.log").touch()
    reader = Reader([file_feed(str(tmp_path / "*.log*"))], Lens())
    reader.survey()
    (source,) = reader.read().sources
    assert [note.removeprefix(f"{tmp_path}/") for note in source.notes[:2]] == [
        "cron.log: it is empty, which is no word on errors",
        "mail.log has no record after 2026-01-01 04:00:00, others go on to 2026-01-01 19:00:00",
    ]
    assert not any("job.log" in note for note in source.notes), "what was rotated away goes on in it"


def test_what_was_rotated_away_is_named_and_read_when_asked_for(tmp_path: Path) -> None:
    for name in ("app.log", "app.log.1", "app.log-20260101.gz", "app.logic"):
        (tmp_path / name).write_text(record(1))
    (note,) = find_files(str(tmp_path / "app.log")).notes
    assert note.startswith("older records were rotated to app.log-20260101.gz, app.log.1, not read")
    assert len(find_files(str(tmp_path / "app.log*")).files) == 4
    assert find_files(str(tmp_path / "gone.log")).denied == (f"{tmp_path / 'gone.log'}: no such file",)


def test_a_long_stretch_that_several_were_put_together_to_is_not_thin() -> None:
    short = [Segment(20_000.0 + n, 20_001.0 + n, {0: 100}) for n in range(40)]
    assert gaps([Segment(1.0, 20_000.0, {0: 2_000_000}), *short]) == []
    assert [told.partition(" between")[0] for told in gaps([Segment(1.0, 20_000.0, {0: 100}), *short])] == [
        "next to no record"
    ]
