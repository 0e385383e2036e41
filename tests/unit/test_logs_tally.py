"""Running totals while a log is followed: those of a digest of everything, whatever came and in whatever order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.tail import Tail
from workbench.engine.logs import tally
from workbench.engine.logs.following import Follower
from workbench.engine.logs.tally import Tally

STAMP = "2026-01-01 00:00:{second:02d},000 "
TRACE = """ERROR [1] shop.web: unhandled
Traceback (most recent call last):
  File "/srv/app/cart.py", line 2, in total
    return PRICES[sku]
KeyError: 'sku'
"""
KINDS = {
    "trace": STAMP + TRACE,
    "message": STAMP + "ERROR [1] shop.ledger: the ledger is missing\n",
    "other": STAMP + "ERROR [1] shop.mail: no answer from the relay within its deadline\n",
    "plain": STAMP + "INFO [1] shop.web: request served\n",
    "failed": '10.0.0.1 - - [01/Jan/2026:00:00:{second:02d} +0000] "GET /login HTTP/1.1" 500 2 "-" "curl"\n',
    "served": '10.0.0.1 - - [01/Jan/2026:00:00:{second:02d} +0000] "GET /login HTTP/1.1" 200 2 "-" "curl"\n',
}
SEED = "".join(KINDS[kind].format(second=0) * 20 for kind in ("plain", "served"))
COMING = st.lists(st.lists(st.sampled_from(sorted(KINDS)), max_size=6), max_size=5)


@settings(max_examples=25)
@given(before=st.lists(st.sampled_from(sorted(KINDS)), max_size=4), coming=COMING)
def test_the_totals_are_those_of_a_digest(before: list[str], coming: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "PATIENCE", 0)
        path = Path(folder) / "app.log"
        everything = SEED + "".join(KINDS[kind].format(second=1) for kind in KINDS)
        path.write_text(everything)
        whole = settled(path)
        names = [error.fingerprint for error in whole.digest().errors]
        path.write_text(SEED + "".join(KINDS[kind].format(second=2) for kind in before))
        follower = settled(path)
        totals = Tally(follower, names, follower.digest())
        for second, kinds in enumerate(coming, 3):
            with path.open("a") as file:
                file.write("".join(KINDS[kind].format(second=second) for kind in kinds))
            for _ in range(3):
                follower.take()
            totals.settle()
            table, said = follower.table(), follower.digest()
            counts = {error.fingerprint: error.count for error in said.errors}
            assert {name: totals.events(name)[0] for name in names} == {name: counts.get(name, 0) for name in names}
            assert totals.events(names[0])[1] == table.records
            assert totals.statuses("5") == (table.statuses["500"], table.statuses.total())


def test_messages_are_mined_only_while_an_error_that_is_watched_may_be_among_them(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text(SEED + KINDS["trace"].format(second=1))
    follower = settled(path)
    (error,) = (each for each in follower.digest().errors if each.type == "KeyError")
    totals = Tally(follower, [error.id], follower.digest())
    with path.open("a") as file:
        file.write(KINDS["message"].format(second=2) + KINDS["trace"].format(second=3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "mine", lambda table: pytest.fail("it was mined"))
        for _ in range(3):
            follower.take()
            totals.settle()
    assert totals.events(error.id)[0] == 2


def settled(path: Path) -> Follower:
    """A follower that has read what is there."""
    follower = Follower([Tail(str(path))], Lens())
    for _ in range(4):
        follower.take()
    return follower
