"""What was judged stays judged where the same lines are still changed, and only there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.diffs import Decisions, Diff, diff_texts
from workbench.analysis.diffs.again import rejudged
from workbench.analysis.diffs.model import CONTEXT
from workbench.analysis.diffs.select import Selection, lines_of_hunk

OLD = "".join(f"line {number}\n" for number in range(40))


def diff_of(new: str, old: str = OLD) -> Diff:
    return Diff((diff_texts("a.py", old, new),))


def accepted(diff: Diff, hunk: int) -> Decisions:
    return Decisions().judge("yes", lines_of_hunk(diff, 0, hunk))


def texts(diff: Diff, part: Selection) -> list[str]:
    return sorted(diff.files[f].hunks[h].lines[n].text for f, h, n in part.lines)


def test_a_hunk_that_moved_stays_accepted() -> None:
    first = diff_of(OLD.replace("line 30\n", "changed\n"))
    later = diff_of("# new\n" + OLD.replace("line 30\n", "changed\n"))
    kept = rejudged(accepted(first, 0), first, later)
    assert texts(later, kept.accepted) == ["changed", "line 30"]


def test_a_hunk_that_was_edited_is_undecided_again() -> None:
    first = diff_of(OLD.replace("line 30\n", "changed\n"))
    later = diff_of(OLD.replace("line 30\n", "changed twice\n"))
    assert rejudged(accepted(first, 0), first, later) == Decisions()


def test_equal_blocks_are_told_apart_by_their_order() -> None:
    first = diff_of(OLD.replace("line 5\n", "x\n").replace("line 25\n", "x\n").replace("line 5", "line 5"))
    second_only = accepted(first, 1)
    assert rejudged(second_only, first, first) == second_only


def test_a_file_that_came_keeps_its_header_and_one_that_is_gone_keeps_nothing() -> None:
    new = Diff((diff_texts("n.py", None, "x = 1\n"),))
    judged = Decisions().judge("no", Selection(headers=frozenset([0])))
    assert rejudged(judged, new, Diff((diff_texts("a.py", "1\n", "2\n"), *new.files))).rejected.headers == {1}
    assert rejudged(judged, new, Diff()) == Decisions()


@settings(max_examples=60)
@given(st.sets(st.integers(0, 39), max_size=6), st.sets(st.integers(0, 39), max_size=6), st.booleans())
def test_nothing_is_ever_judged_that_was_not(first: set[int], second: set[int], above: bool) -> None:
    def edit(numbers: set[int]) -> str:
        lines = [f"edited {n}\n" if n in numbers else f"line {n}\n" for n in range(40)]
        return ("# new\n" if above and numbers is second else "") + "".join(lines)

    old, new = diff_of(edit(first)), diff_of(edit(second))
    decisions = Decisions()
    for hunk in range(len(old.files[0].hunks)):
        decisions = decisions.judge("yes", lines_of_hunk(old, 0, hunk))
    kept = rejudged(decisions, old, new)
    assert set(texts(new, kept.accepted)) <= set(texts(old, decisions.accepted))
    for f, h, n in kept.accepted.lines:
        assert new.files[f].hunks[h].lines[n].sign != CONTEXT
