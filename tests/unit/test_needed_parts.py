"""The labels of parts of a change name the same lines in a diff of any context."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.diffs import Diff, Selection, diff_texts, everything
from workbench.engine.proof.needed import named_part, parts_of

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=25).map(lambda lines: "".join(f"{x}\n" for x in lines))


@given(TEXTS, TEXTS, st.integers(2, 6))
def test_every_changed_line_is_named_by_one_part(old: str, new: str, context: int) -> None:
    narrow, wide = (Diff((diff_texts("f", old, new, each),)) for each in (1, context))
    if not everything(wide):
        return
    named = [named_part(wide, [part.label]) for part in parts_of(narrow)]
    assert sum(len(part.lines) for part in named) == len(everything(wide).lines)
    whole = Selection()
    for part in named:
        whole |= part
    assert whole.lines == everything(wide).lines


def test_what_came_and_what_is_of_another_file_is_told_apart() -> None:
    diff = Diff((diff_texts("new.py", None, "x\n"), diff_texts("a.py", "1\n", "2\n")))
    assert named_part(diff, ["new.py"]).headers == {0}
    assert {file for file, _, _ in named_part(diff, ["a.py:1"]).lines} == {1}
    assert not named_part(diff, ["b.py:1", "a.py:7-9"])
