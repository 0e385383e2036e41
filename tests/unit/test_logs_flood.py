"""Logs in which every line is unlike any other, errors among them: bounded, counted, and no real error lost in them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.facts import facts
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import sampled, scan_whole, survey
from workbench.analysis.logs.scan.table import Table

TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 6, in line_total
    return PRICES[sku] * qty
KeyError: 'sku'"""
LINES = 16_000


def flooded(path: Path, level: str, extra: Sequence[str] = ()) -> tuple[Table, Digest]:
    """What is said of a log of random words at one level, with ``extra`` records in its second half."""
    chance = random.Random(3)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(40_000)]
    with path.open("w") as file:
        for n in range(LINES):
            stamp = f"2026-01-01 {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d},100"
            file.write(f"{stamp} {level} [1] web: {' '.join(chance.choices(words, k=8))}\n")
            if extra and n > LINES * 0.6 and n % 500 == 0:
                file.write(f"{stamp} {extra[n // 500 % len(extra)]}\n")
    table = scan_whole(survey(str(path))[0]).finish()
    return table, digest(table, Lens())


@pytest.mark.parametrize("level", ["INFO", "WARNING", "ERROR"])
def test_what_is_like_nothing_else_is_put_together_counted_and_said(level: str, tmp_path: Path) -> None:
    table, said = flooded(tmp_path / "app.log", level)
    assert table.records == LINES
    assert sum(pattern.count for pattern in said.patterns) == LINES
    assert len(said.patterns) < 100
    assert sum(error.count for error in said.errors) == (LINES if level == "ERROR" else 0)
    assert table.together > LINES / 4
    assert any(f"{table.together} records are like no other" in note for note in facts("app", table).notes)
    assert said.onset is None, "that lines were put together is no change of the log"


def test_a_traceback_that_begins_in_the_flood_is_not_lost_in_it(tmp_path: Path) -> None:
    extra = [f"ERROR [1] web: unhandled\n{TRACE}", "WARNING [1] web: disk is nearly full"]
    table, said = flooded(tmp_path / "app.log", "INFO", extra)
    assert [(error.type, error.count) for error in said.errors] == [("KeyError", 6)]
    assert any("disk is nearly full" in pattern.template for pattern in said.patterns)
    assert table.together > LINES / 4


def test_the_first_look_at_a_flood_reads_every_second_piece_of_it(tmp_path: Path) -> None:
    chance = random.Random(5)
    unlike = ["".join(chance.choices("ghijklmnop", k=40)) for _ in range(8000)]
    for name, lines in (("unlike", unlike), ("alike", [f"token {n} issued" for n in range(8000)])):
        log = tmp_path / f"{name}.log"
        log.write_text("".join(f"2026-01-01 10:00:00,100 INFO [1] web: {line}\n" for line in lines))
        found, sample = survey(str(log))
        read = sampled(found, sample)
        assert read.lines == b"".join(sample).count(b"\n")
        assert (4000 <= read.lines <= 5000) if name == "unlike" else read.lines == 8000
