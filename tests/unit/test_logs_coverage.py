"""Several logs: what one of them no longer covers is not gone, and what it did not cover before is not new."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.analysis.logs.scan.streams import stream_name
from workbench.analysis.logs.scan.table import Table
from workbench.case.enums import Trend
from workbench.case.logs import LogError

HOUR = 3600
START = 1_767_258_000
"""2026-01-01 09:00 UTC."""
Read = Callable[..., Digest]


def entries(text: str, begin: float, end: float, every: float, level: str = "ERROR") -> list[tuple[float, str]]:
    """Records of one message from hour ``begin`` to hour ``end``."""
    count = int((end - begin) * HOUR / every)
    return [(START + begin * HOUR + n * every, f"{level} [shop] {text}") for n in range(count)]


def chatter(what: str, begin: float, end: float) -> list[tuple[float, str]]:
    """What a program logs while all is well, a failure that it always had among it."""
    return [*entries(f"{what} served", begin, end, 20, "INFO"), *entries(f"{what} retried", begin, end, 300)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes logs and says what they say together."""

    def read(logs: dict[str, Iterable[tuple[float, str]]]) -> Digest:
        total = Table()
        for name, records in logs.items():
            stamped = [(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)), text) for at, text in sorted(records)]
            (tmp_path / name).write_text("".join(f"{at},000 {text}\n" for at, text in stamped))
            table = Table()
            table.add(scan_whole(survey(str(tmp_path / name))[0]).finish())
            total.add(table)
        return digest(total, Lens())

    return read


def the_error(said: Digest, words: str) -> LogError:
    (found,) = [error for error in said.errors if words in error.message]
    return found


def test_an_error_is_not_gone_where_its_log_ends_before_the_other_began_to_fail(read: Read) -> None:
    worker = [*chatter("job", 0, 2), *entries("queue is full", 0, 2, 60)]
    web = [*chatter("page", 0, 5), *entries("no such table", 4, 5, 20)]
    said = read({"worker.log": worker, "web.log": web})
    assert the_error(said, "no such table").trend is Trend.NEW
    full = the_error(said, "queue is full")
    assert (full.trend, full.factor) == (Trend.UNKNOWN, None)
    assert full.why.endswith("its logs end before the time that is looked at")
    assert {each.trend for each in said.patterns if "queue is full" in each.template} == {Trend.UNKNOWN}


def test_an_error_is_gone_where_its_log_goes_on_without_it(read: Read) -> None:
    worker = [*chatter("job", 0, 5), *entries("queue is full", 0, 2, 60)]
    web = [*chatter("page", 0, 5), *entries("no such table", 4, 5, 20)]
    said = read({"worker.log": worker, "web.log": web})
    assert the_error(said, "queue is full").trend is Trend.GONE
    assert {each.trend for each in said.patterns if "queue is full" in each.template} == {Trend.GONE}


@pytest.mark.parametrize("older", ["web.log.1", "web-20260101.log", "before.log"])
def test_logs_that_follow_one_another_are_one(read: Read, older: str) -> None:
    before = [*chatter("page", 0, 3), *entries("queue is full", 0, 3, 60)]
    after = [*chatter("page", 3, 6), *entries("no such table", 4, 6, 20)]
    said = read({older: before, "web.log": after})
    assert the_error(said, "no such table").trend is Trend.NEW
    assert the_error(said, "queue is full").trend is Trend.GONE
    assert the_error(said, "page retried").trend is Trend.AS_ALWAYS


def test_a_log_that_begins_later_has_no_errors_that_began_then(read: Read) -> None:
    said = read({"web.log": chatter("page", 0, 6), "worker.log": [*chatter("job", 3, 6), *entries("slow", 3, 6, 40)]})
    assert said.onset is None
    assert the_error(said, "slow").trend is Trend.AS_ALWAYS


def test_what_only_a_later_log_says_is_not_new_at_the_onset_of_another(read: Read) -> None:
    web = [*chatter("page", 0, 6), *entries("no such table", 4, 6, 20)]
    worker = [*chatter("job", 4.5, 6), *entries("slow", 4.5, 6, 60)]
    said = read({"web.log": web, "worker.log": worker})
    slow = the_error(said, "slow")
    assert slow.trend is Trend.UNKNOWN
    assert slow.why.endswith("its logs begin after the time that is compared with")


def test_the_log_that_goes_on_decides_for_an_error_of_two(read: Read) -> None:
    one = [*chatter("page", 0, 2), *entries("queue is full", 0, 2, 20)]
    two = [*chatter("page", 0, 6), *entries("queue is full", 0, 6, 600), *entries("no such table", 4, 6, 20)]
    said = read({"one.log": one, "two.log": two})
    assert the_error(said, "queue is full").trend is Trend.AS_ALWAYS


def test_rotated_files_have_the_name_of_their_log() -> None:
    names = [
        "/l/a.log",
        "/l/a.log.1",
        "/l/a.log.2.gz",
        "/l/a-20260101.log",
        "/l/a.log-2026-01-01",
        "/l/a-20260101.log.gz",
    ]
    assert {stream_name(name) for name in names} == {"/l/a.log"}
    assert [stream_name(name) for name in ("web-1.log", "web-2.log")] == ["web-1.log", "web-2.log"]
    assert stream_name("/1/20260101.log") != stream_name("/2/20260101.log")
