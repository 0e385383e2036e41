"""Somebody's word at a case spoils no screen, whatever it is: of another type, it is refused or changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.ranking import Ranking
from workbench.case.codec import encode
from workbench.case.enums import CauseClass
from workbench.case.events import MalformedEventError, new_event
from workbench.case.fold import fold
from workbench.case.model import Evidence, Hypothesis
from workbench.case.roles import SAID
from workbench.case.said import FORMS
from workbench.case.state import CaseState
from workbench.engine.reports import KINDS, markdown, paper
from workbench.engine.store.snapshots import pack, unpack
from workbench.engine.views import derive

PLACE = {"text": "x", "path": "shop/a.py", "line": 3, "ref": "E1"}
CAUSE = encode(Hypothesis("c1", "it divides", CauseClass.CODE, supporting=(Evidence("E1", "said", "a.py", 1),)))
WORDS: dict[str, dict[str, Any]] = {
    "note.added": {"text": "x"},
    "comment.added": PLACE,
    "evidence.pinned": PLACE,
    "triage.set": {
        "fingerprint": "f", "state": "noise", "title": "t", "reason": "", "link": "", "rate": 0.5, "kinds": ["a"]
    },
    "cause.added": {"cause": CAUSE},
    "cause.judged": {
        "cause": "c1", "statement": "it divides", "status": "supported", "value": CAUSE,
        "evidence": CAUSE["supporting"][0],
    },
    "error.grouped": {"action": "merge", "errors": ["a", "b"], "variant": "", "reason": "", "title": "A + B"},
    "entry.starred": {"entry": "e", "starred": True},
    "entry.corrected": {"entry": "e", "text": "x"},
}  # fmt: skip
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)  # fmt: skip


def shown(state: CaseState) -> None:
    """What every screen and paper is made of."""
    views = derive(state, Ranking())
    for kind in KINDS:
        assert list(markdown(paper(kind, state, views, [])))
    assert unpack(pack(state)) == state


def test_every_kind_that_is_somebodys_word_has_a_form() -> None:
    assert set(FORMS) == SAID == set(WORDS)
    state = CaseState()
    for number, (kind, data) in enumerate(sorted(WORDS.items()), 1):
        state = fold(state, [replace(new_event(kind, "ann", data), seq=number)], strict=True)
    shown(state)


@given(st.data())
def test_a_field_of_another_type_spoils_nothing(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(WORDS)))
    word = dict(WORDS[kind])
    name = data.draw(st.sampled_from(sorted(word)))
    inner = word[name]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        word[name] = inner | {data.draw(st.sampled_from(sorted(inner))): data.draw(ODD)}
    else:
        word[name] = data.draw(ODD)
    event = replace(new_event(kind, "bob", word), seq=1)
    shown(fold(CaseState(), [event]))


@pytest.mark.parametrize(("kind", "name", "odd"), [
    ("note.added", "text", 5), ("comment.added", "line", "nine"), ("comment.added", "line", True),
    ("evidence.pinned", "line", 10**12), ("triage.set", "rate", "often"), ("triage.set", "kinds", [1]),
    ("cause.added", "cause", CAUSE | {"statement": ["x"]}), ("cause.added", "cause", CAUSE | {"against": [{"ref": 1}]}),
    ("error.grouped", "errors", "abc"), ("entry.starred", "starred", 1),
])  # fmt: skip
def test_what_is_refused_says_which_field(kind: str, name: str, odd: Any) -> None:
    with pytest.raises(MalformedEventError, match=f"{name} is of another type"):
        fold(CaseState(), [replace(new_event(kind, "bob", WORDS[kind] | {name: odd}), seq=1)], strict=True)
