"""The rows of logs: every line once, in order of time, records whole; found by text and by pattern."""

from __future__ import annotations

import asyncio
import gzip
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.analysis.logs.rows.index import index_range
from workbench.analysis.logs.rows.match import BadPatternError, Query, match_rows, matcher, spans_in, with_context
from workbench.analysis.logs.rows.merge import append
from workbench.analysis.logs.rows.model import ERROR, ERRORS, GOES_ON, Book, LogFile
from workbench.analysis.logs.rows.names import source_names
from workbench.analysis.logs.rows.read import columns_of, lines_at, next_flag, record_at, row_at_time
from workbench.analysis.logs.rows.timeline import MOST, Timeline
from workbench.analysis.logs.rows.unpack import plain, ranges
from workbench.case.logs import FeedFile
from workbench.engine.logs.book import LogBook
from workbench.engine.logs.search import Search
from workbench.engine.process.pool import WorkerPool

TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/app/shop.py", line 5, in total\n'
    "    return sum(prices[1:])\n"
    "TypeError: bad operand\n"
)


def record(second: int, word: str, level: str = "INFO", trace: bool = False) -> str:
    clock = f"2026-05-12 14:{second // 60:02d}:{second % 60:02d},{second % 7:03d}"
    return f"{clock} {level} shop {word} came\n" + (TRACE if trace else "")


def book_of(folder: Path, logs: list[str]) -> tuple[Book, list[LogFile], int]:
    """All of ``logs`` in one book, as the engine does it when nothing waits."""
    files, kept = [], []
    for number, text in enumerate(logs):
        path = folder / f"{number}.log"
        path.write_text(text, encoding="utf-8")
        (found,) = plain(str(path), str(folder))
        parts = [index_range(found, number, start, end, str(folder))[0] for start, end in ranges(found) if end]
        kept.append([part.kept for part in parts])
        files.append(LogFile(found.path))
    book = Book(tempfile.mkdtemp(dir=folder))
    for column in book.columns:
        column.touch()
    ((count, rests),) = append(book, kept, float("inf"), str(folder))
    assert not any(rests)
    return book, files, count


def texts(book: Book, files: list[LogFile], count: int) -> list[str]:
    return [line.decode() for line in lines_at(files, columns_of(book, 0, count).places)]


seconds = st.lists(st.integers(0, 3000), min_size=1, max_size=30)


@given(st.lists(seconds, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_line_stands_once_in_order_of_time_and_records_stay_whole(files: list[list[int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        logs = [
            "".join(record(at, f"w{number}x{place}", "ERROR", at % 3 == 0) for place, at in enumerate(sorted(times)))
            for number, times in enumerate(files)
        ]
        book, paths, count = book_of(Path(name), logs)
        columns = columns_of(book, 0, count)
        got = texts(book, paths, count)
        assert sorted(got) == sorted(line for log in logs for line in log.splitlines())
        assert list(columns.times) == sorted(columns.times)
        for at, line in enumerate(got):
            if line.startswith("Traceback"):
                assert [each + "\n" for each in got[at : at + 4]] == TRACE.splitlines(keepends=True)
                assert "ERROR" in got[at - 1]
        for number, log in enumerate(logs):
            own = [line for line in got if f"w{number}x" in line]
            assert own == [line for line in log.splitlines() if f"w{number}x" in line]


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Book, list[LogFile], int]:
    text = record(0, "Alpha") + record(1, "beta", "ERROR", True) + record(2, "gamma") + record(3, "delta", "WARNING")
    return book_of(tmp_path, [text + record(4, "omega", "INFO", True)])


def found(shop: tuple[Book, list[LogFile], int], query: Query) -> list[list[int]]:
    book, files, count = shop
    made = []
    for data in match_rows(book, files, 0, count, query):
        rows = array("I")
        rows.frombytes(data)
        made.append(list(rows))
    return made


def test_what_matches_and_the_records_of_it(shop: tuple[Book, list[LogFile], int]) -> None:
    assert found(shop, Query("alpha")) == [[0], [0]]
    assert found(shop, Query("ALPHA")) == [[], []]
    assert found(shop, Query("operand", whole=True)) == [[5, 12], [1, 2, 3, 4, 5, 8, 9, 10, 11, 12]]
    assert found(shop, Query(r"(beta|delta) c\w+e$", pattern=True)) == [[1, 7], [1, 7]]
    with pytest.raises(BadPatternError):
        matcher(Query("(", pattern=True))


def test_the_quick_way_finds_what_the_slow_one_does(shop: tuple[Book, list[LogFile], int]) -> None:
    for text in ("a", "e", "shop", "14:00:0", "came", "TypeError", "  File", "nothing of it", "2026"):
        assert found(shop, Query(text)) == found(shop, Query(text.replace(".", r"\."), pattern=True)), text


def test_of_lines_that_are_far_too_long_the_beginning_is_searched(tmp_path: Path) -> None:
    long = "".join(record(at, f"blob {at} {'x' * 300_000} end") for at in range(5))
    shop = book_of(tmp_path, [long, record(9, "blob 9 end")])
    for text in ("blob", "blob 3", "end"):
        assert found(shop, Query(text)) == found(shop, Query(text, pattern=True)), text
    assert found(shop, Query("end"))[0] == [5]


def test_errors_are_found_by_level_and_by_traceback(shop: tuple[Book, list[LogFile], int]) -> None:
    book, _, count = shop
    assert next_flag(book, ERRORS, -1, count, 1) == 1
    assert next_flag(book, ERRORS, 1, count, 1) == 8
    assert next_flag(book, ERRORS, 8, count, 1) is None
    assert next_flag(book, ERRORS, 8, count, -1) == 1
    assert next_flag(book, ERRORS, 1, count, -1) is None
    assert record_at(book, 3, count) == (1, 6)
    assert record_at(book, 12, count) == (8, 13)
    flags = columns_of(book, 0, count).flags
    assert flags[8] & ERROR
    assert flags[9] & GOES_ON


def test_rows_are_found_by_time(shop: tuple[Book, list[LogFile], int]) -> None:
    book, _, count = shop
    times = columns_of(book, 0, count).times
    assert row_at_time(book, times[6], count) == 6
    assert row_at_time(book, 0.0, count) == 0
    assert row_at_time(book, times[-1] + 1, count) == count


def test_context_is_shown_once_where_it_overlaps() -> None:
    assert list(with_context(array("I", [1, 3, 20]), 2, 22)) == [0, 1, 2, 3, 4, 5, 18, 19, 20, 21]


def test_where_a_pattern_stands() -> None:
    assert spans_in(["aXbxc", "none"], Query("x")) == [((1, 2), (3, 4)), ()]
    assert spans_in(["user=12 user=3"], Query(r"=\d+", True)) == [((4, 7), (12, 14))]


def test_a_timeline_stays_small_and_loses_nothing() -> None:
    total = Timeline()
    for hour in range(50):
        total = total.plus(Timeline(1, {hour * 3600 + at: (2, 1) for at in range(0, 3600, 9)}))
    assert len(total.counts) <= MOST
    assert sum(records for records, _ in total.bars(60)) == 2 * 50 * 400
    assert Timeline().bars(60) == ()


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool(2)
    yield made
    made.shutdown(wait=False)


async def test_files_are_read_in_ranges_merged_and_told_when_closed(tmp_path: Path, pool: WorkerPool) -> None:
    one = "".join(record(at, "one", trace=at % 50 == 0) for at in range(0, 3000, 2))
    (tmp_path / "a.log").write_text(one * 12, encoding="utf-8")
    with gzip.open(tmp_path / "b.log.gz", "wt", encoding="utf-8") as out:
        out.write("".join(record(at, "two") for at in range(1, 3000, 2)))
    (tmp_path / "c.log").write_bytes(bytes(range(1, 30)) * 300)
    book = LogBook(pool, str(tmp_path), lambda: None)
    await book.read([FeedFile(str(tmp_path / name)) for name in ("a.log", "b.log.gz", "c.log", "gone.log")])
    assert book.rows == len(one.splitlines()) * 12 + 1500
    assert len(book.denied) == 2
    assert any("no text" in each for each in book.denied)
    lines = await asyncio.to_thread(book.lines, range(4))
    assert [line.text for line in lines[:2]] == ["shop one came", "Traceback (most recent call last):"]
    assert sum(records for records, _ in book.timeline.counts.values()) == 1500 * 13


async def test_a_pattern_that_never_ends_is_stopped_and_what_was_found_is_kept(
    tmp_path: Path, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engine.logs.search.LIMIT", 0.7)
    monkeypatch.setattr("workbench.engine.logs.search.ROWS_BY_PATTERN", 10)
    text = "".join(record(at, "aab") for at in range(15)) + record(16, "a" * 40) + record(17, "aab")
    (tmp_path / "a.log").write_text(text, encoding="utf-8")
    book = LogBook(pool, str(tmp_path), lambda: None)
    await book.read([FeedFile(str(tmp_path / "a.log"))])
    search = Search(Query("(a+)+b", pattern=True))
    while await search.advance(book, pool):
        pass
    assert search.problem.startswith("stopped: the pattern took more than")
    assert list(search.rows) == list(range(10))
    assert Search(Query("(", pattern=True)).problem.startswith("no pattern:")


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ([("", "/var/log/app.log")], [""]),
        ([("", "/var/log/app.log"), ("", "/var/log/app.log")], ["", ""]),
        ([("", "/var/log/app.log"), ("", "/var/log/nginx/access.log")], ["app", "access"]),
        ([("", "/srv/a/app.log"), ("", "/srv/b/app.log")], ["a/app", "b/app"]),
        ([("web1", "ssh://web1/app.log"), ("web2", "ssh://web2/app.log")], ["web1", "web2"]),
        ([("web1", "x/app.log"), ("", "y/app.log"), ("", "z.log")], ["web1 app", "y/app", "z"]),
        ([("", "/a/app.log"), ("", "/a/app.log.1")], ["app", "app.log.1"]),
        ([("", "/a/app.log"), ("", "/a/app")], ["app.log", "app"]),
        ([("", "compose:web: api"), ("", "compose:web: db")], ["compose:web: api", "compose:web: db"]),
    ],
)
def test_files_are_called_as_short_as_tells_them_apart(files: list[tuple[str, str]], names: list[str]) -> None:
    assert source_names([LogFile(label, label, host) for host, label in files]) == names
