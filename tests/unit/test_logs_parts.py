"""A log that is read in parts, by several workers, says what it says when it is read as a whole."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from workbench.analysis.logs.digest.digest import digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import parts, sampled, scan_part, scan_whole, survey
from workbench.analysis.logs.scan.table import Table

TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 6, in line_total
    return PRICES[sku] * qty
KeyError: 'sku{n}'"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Some 900 KB with tracebacks all over, so that some stand across any boundary."""
    chance = random.Random(2)
    path = tmp_path / "app.log"
    with path.open("w") as file:
        for n in range(9000):
            stamp = f"2026-01-01 {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d},123"
            file.write(f"{stamp} INFO [{n % 9}] shop.web: request {n} of user u{n % 50} served in {n % 300} ms\n")
            if chance.random() < 0.2:
                file.write(f"{stamp} ERROR [{n % 9}] shop.web: unhandled in request {n}\n{TRACE.format(n=n)}\n")
    return path


def test_parts_fit_together(log: Path) -> None:
    found, _ = survey(str(log))
    ranges = parts(found, part=100_000)
    assert len(ranges) > 5
    assert ranges[0][0] == 0
    assert ranges[-1][1] == log.stat().st_size
    assert all(a[1] == b[0] for a, b in pairwise(ranges))
    total = Table()
    for start, end in ranges:
        total.add(scan_part(found, start, end))
    whole = scan_whole(found).finish()
    assert (total.lines, total.records, total.start, total.end) == (whole.lines, whole.records, whole.start, whole.end)
    assert {words: shape.count for words, shape in total.shapes.items()} == {
        words: shape.count for words, shape in whole.shapes.items()
    }
    assert {key: row.count for key, row in total.errors.items()} == {
        key: row.count for key, row in whole.errors.items()
    }
    ours, theirs = digest(total, Lens()), digest(whole, Lens())
    assert [(e.id, e.count, e.first_seen, e.requests) for e in ours.errors] == [
        (e.id, e.count, e.first_seen, e.requests) for e in theirs.errors
    ]


def test_a_sample_of_a_big_log_says_what_the_log_says(log: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.log"
    big.write_bytes(log.read_bytes() * 4)
    found, sample = survey(str(big))
    assert sum(map(len, sample)) < big.stat().st_size / 2
    said = digest(sampled(found, sample), Lens())
    assert {pattern.template for pattern in said.patterns} == {
        "request <*> of user <*> served in <*>",
        "unhandled in request <*>",
    }
    assert [error.type for error in said.errors] == ["KeyError"]


def test_a_log_in_which_no_two_lines_are_alike_is_read_in_little_memory(tmp_path: Path) -> None:
    import tracemalloc

    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    path = tmp_path / "words.log"
    with path.open("w") as file:
        for n in range(40_000):
            words = " ".join("".join(chance.choices(letters, k=7)) for _ in range(8))
            file.write(f"2026-01-01 00:{n // 60 % 60:02d}:{n % 60:02d},1 INFO [1] web: {words}\n")
            if n % 4000 == 3999:
                file.write(
                    f"2026-01-01 00:{n // 60 % 60:02d}:{n % 60:02d},1 ERROR [1] web: ledger entry {n} is missing\n"
                )
    found, _ = survey(str(path))
    tracemalloc.start()
    table = scan_whole(found).finish()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = digest(table, Lens())
    assert peak < 60_000_000
    assert table.records == 40_010
    assert [(error.message, error.count) for error in said.errors] == [("ledger entry <*> is missing", 10)]
    assert len(said.patterns) < 50
