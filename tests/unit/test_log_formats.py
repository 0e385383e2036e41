"""Formats of logs by plugins and descriptions: a log that no header can be learned from is read as its format says."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.analysis.logs.tail import Grown
from workbench.analysis.logs.times import Clock, read_time
from workbench.case.logs import LogFormat
from workbench.engine.logs.following import Follower

HEADER = r"(?P<time>\d\d\.\d\d\.\d{4} \d\dh\d\d:\d\d) \{(?P<level>\w+)\} (?P<name>[\w.]+)> "
TIME = "%d.%m.%Y %Hh%M:%S"
LINES = [
    f"12.11.2026 14h{minute:02}:07 {{{level}}} shop.cart> {text}"
    for minute in range(30)
    for level, text in (("INFO", f"order {minute} taken"), ("ERROR", f"cannot reserve item {minute}"))
]


@pytest.mark.parametrize("name", ["shop.log", "shop.log.gz"])
def test_its_records_have_the_time_the_level_and_the_message(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = "\n".join([*LINES, "  and what goes on below"]).encode()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    found, _ = survey(str(path), given=(LogFormat(HEADER, TIME),))
    table = scan_whole(found).finish()
    assert table.records == len(LINES), "a line without a header goes on"
    first, last = (datetime(2026, 11, 12, 14, minute, 7, tzinfo=UTC).timestamp() for minute in (0, 29))
    assert (table.start, table.end) == (first, last)
    assert scan_whole(survey(str(path))[0]).finish().start is None, "without it there is no time"


@pytest.mark.parametrize(
    ("text", "layout", "is_"),
    [
        ("12.11.2026 14h02:41", TIME, "2026-11-12T14:02:41+00:00"),
        ("30.11. 14h02:41", "%d.%m. %Hh%M:%S", "2025-11-30T14:02:41+00:00"),
        ("14h02:41", "%Hh%M:%S", "2026-11-27T14:02:41+00:00"),
        ("14h02:41.250 +0200", "%Hh%M:%S.%f %z", "2026-11-27T12:02:41.250000+00:00"),
        ("2026-11-12 14:02:41", TIME, "2026-11-12T14:02:41+00:00"),
    ],
)
def test_times_are_read_by_the_layout_and_else_as_always(text: str, layout: str, is_: str) -> None:
    latest = datetime(2026, 11, 27, 18, tzinfo=UTC).timestamp()
    at = read_time(text, Clock(latest, layouts=(layout,)))
    assert at is not None
    assert datetime.fromtimestamp(at, UTC) == datetime.fromisoformat(is_)


@pytest.mark.parametrize(
    ("header", "time", "says"),
    [
        ("(?P<time>", "", "no regular expression"),
        (".*", "", "fits an empty line"),
        (r"\d+ ", "", "names none of the groups"),
        (r"(?P<time>\d+) ", "%Q", "no layout of strptime"),
    ],
)
def test_what_cannot_be_used_says_why(header: str, time: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        LogFormat(header, time)


def test_what_is_followed_is_read_by_it_too() -> None:
    follower = Follower([Written("\n".join([*LINES, ""]).encode())], Lens(), (LogFormat(HEADER, TIME),))
    follower.look()
    news = follower.look()  # nothing more comes: what is there is enough to learn from
    assert news.records == len(LINES)
    told = [(error.message, error.first_seen) for error in news.errors]
    assert told == [("cannot reserve item <*>", datetime(2026, 11, 12, 14, 0, 7, tzinfo=UTC))]


class Written:
    """A log of which all came at once."""

    path = "shop.log"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def look(self) -> Grown:
        data, self._data = self._data, b""
        return Grown(data, "")
