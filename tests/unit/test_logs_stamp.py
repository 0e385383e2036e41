"""The time of a line is found although numbers of any length stand before it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.logs.rows.index import Indexer
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.analysis.logs.scan.stamp import stamp_of

numbers = st.integers(0, 10**9)


@given(numbers, numbers, numbers, numbers)
def test_the_same_place_whatever_stands_before(first: int, second: int, third: int, fourth: int) -> None:
    for line in ('{} - x{} [{}] "GET /{}"', '{{"pid":"{}","n":"{}","time":"{}","m":"{}"}}', "<{}>{} {} h app[{}]: up"):
        example = line.format(first, second, "2026-05-12 14:02:29", third).encode()
        other = line.format(third, fourth, "2026-06-13 15:03:30", first).encode()
        start, seconds, end = stamp_of(example, "2026-05-12 14:02:29").within(other)
        assert other[start:end] == other[start:seconds] == b"2026-06-13 15:03:30"


def test_times_of_an_access_log_are_those_of_its_lines(tmp_path: Path) -> None:
    hosts = ["10.0.0.9", "10.0.0.42", "192.168.100.113", "1.2.3.4"]
    lines = [
        f'{hosts[n % 4]} - - [01/Jan/2026:02:10:{n:02d} +0000] "GET /{n} HTTP/1.1" {500 if n % 2 else 200} 5\n'
        for n in range(60)
    ]
    path = tmp_path / "access.log"
    path.write_text("".join(lines))
    found, _ = survey(str(path))
    indexer = Indexer(found.learned, found.clock)
    indexer.take(path.read_bytes(), 0, 0)
    assert list(indexer.columns.times) == [1767233400.0 + n for n in range(60)]
    table = scan_whole(found).finish()
    times = sorted(at for row in table.failures.values() for at in row.times)
    assert times == [1767233400.0 + n for n in range(60) if n % 2]
