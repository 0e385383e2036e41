"""Places in tracebacks, hunks edited as text, paths cut at the front."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench_fix.editing import line_in, new_lines, with_lines
from workbench_fix.outcomes import short, tail
from workbench_fix.output import place_in

from workbench.analysis.diffs import diff_texts


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("tests/test_refresh.py:31: in test_one_winner", ("tests/test_refresh.py", 31)),
        ('  File "auth/tokens.py", line 20, in refresh', ("auth/tokens.py", 20)),
        ('  File "/srv/repo/auth/tokens.py", line 20, in refresh', ("auth/tokens.py", 20)),
        ("/usr/lib/python3/json.py:3: ValueError", ("", 0)),
        ("../other/x.py:3: ValueError", ("", 0)),
        ("    raise Conflict(key)  # auth/tokens.py:20", ("", 0)),
        ("E   assert 2 == 1", ("", 0)),
        ('E     File "/srv/repo/tests/conftest.py", line 2', ("tests/conftest.py", 2)),
    ],
)
def test_a_line_of_a_traceback_names_a_place_of_the_repository_or_none(line: str, place: tuple[str, int]) -> None:
    assert place_in(line, "/srv/repo") == place


@settings(max_examples=80)
@given(
    st.lists(st.sampled_from(["a", "b", "", "  c"]), max_size=12),
    st.lists(st.sampled_from(["a", "b", "", "x", "y"]), max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_a_hunk_given_back_as_it_was_changes_nothing(old: list[str], new: list[str], crlf: bool, ended: bool) -> None:
    end = "\r\n" if crlf else "\n"
    before, after = (end.join(lines) + (end if ended and lines else "") for lines in (old, new))
    for hunk in diff_texts("a.py", before, after).hunks:
        if hunk.new_count:
            assert with_lines(after, hunk, new_lines(hunk)) == after


def test_an_edited_hunk_keeps_the_line_ends_and_what_stands_around() -> None:
    hunk = diff_texts("a.py", "1\r\n2\r\n3\r\n", "1\r\ntwo\r\n3\r\n").hunks[0]
    assert new_lines(hunk) == "1\ntwo\n3"
    assert with_lines("1\r\ntwo\r\n3\r\n", hunk, "1\nTWO\nand\n3") == "1\r\nTWO\r\nand\r\n3\r\n"
    assert line_in(hunk, 1) == 1, "the first line that was added"


def test_a_long_path_is_cut_where_it_matters_least() -> None:
    assert tail("tests/unit/test_refresh.py", 30) == "tests/unit/test_refresh.py"
    assert tail("tests/unit/test_refresh.py", 16) == "…test_refresh.py"
    assert tail("tests/\x1b[31mx.py", 40) == "tests/␛[31mx.py"
    assert short("a.py::C::test_x[b::c]") == "test_x[b::c]"
