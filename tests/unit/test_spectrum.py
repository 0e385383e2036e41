"""Which functions failing tests enter and passing ones do not."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.spectrum import Spectrum, boosts, ochiai, spectrum_of, suspects

PLACES = {
    ("shop.py", name): (line, line + 2) for line, name in [(1, "price"), (5, "total"), (9, "label"), (13, "Cart.add")]
}
PRICE, TOTAL, LABEL, ADD = PLACES


def names(spectrum: Spectrum) -> list[str]:
    return [suspect.touched.key for suspect in suspects(spectrum)]


def test_what_only_failing_tests_enter_comes_first_and_what_none_enters_is_no_suspect() -> None:
    spectrum = spectrum_of([(frozenset({PRICE, TOTAL}), 2, 0), (frozenset({PRICE, LABEL}), 0, 3)], PLACES, [(), ()])
    assert (spectrum.failed, spectrum.passed) == (2, 3)
    assert names(spectrum) == ["total", "price"]
    first, second = suspects(spectrum)
    assert first.ochiai == 1.0
    assert second.ochiai == pytest.approx(2 / sqrt(2 * 5))
    (told, *_) = boosts(spectrum, "run1")
    assert (told.path, told.qualname, told.line, told.signal.name) == ("shop.py", "total", 5, "spectrum")
    assert told.signal.detail == "2 of 2 failing and 0 of 3 passing tests enter it (Ochiai 1.00)"
    assert told.signal.evidence == ("run1",)


def test_the_innermost_frame_of_ours_parts_what_the_coefficient_cannot() -> None:
    run = (frozenset({PRICE, TOTAL, ADD}), 1, 0)
    assert names(spectrum_of([run], PLACES, [(("test_shop.py", "test_add"), ADD, TOTAL)]))[:2] == ["total", "Cart.add"]
    outer = spectrum_of([run], PLACES, [(TOTAL, ADD)])
    assert names(outer)[:2] == ["Cart.add", "total"]
    assert "on their tracebacks" in next(boosts(outer, "r")).signal.detail


def test_no_test_fails_no_suspects() -> None:
    spectrum = spectrum_of([(frozenset({PRICE}), 0, 1)], PLACES, [])
    assert suspects(spectrum) == []
    assert [(each.key, each.red, each.green) for each in spectrum.files["shop.py"]] == [("price", 0, 1)]


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50))
def test_the_coefficient_stays_within_its_bounds_and_falls_with_passing_tests(red: int, green: int, more: int) -> None:
    failed = red + more
    assert 0 < ochiai(red, green, failed) <= 1
    assert ochiai(red, green + 1, failed) < ochiai(red, green, failed)
    assert ochiai(0, green, failed) == 0
