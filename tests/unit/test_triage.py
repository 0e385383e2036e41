"""Noise and known are remembered across cases, and come back when they are new in kind or three times as often."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import RepoBuilder
from workbench.case.enums import TriageState
from workbench.case.state import Triage
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.problems import TIMES, Problem, comes_back
from workbench.engine.session import Session
from workbench.engine.store.judgements import Judgements

NOW = datetime(2026, 5, 12, tzinfo=UTC)


def judged(state: TriageState, rate: float | None = None, kinds: tuple[str, ...] = ()) -> Triage:
    return Triage(state, "ines", NOW, rate=rate, kinds=kinds)


@given(st.floats(0.1, 1e5), st.floats(0.1, 1e5))
def test_it_comes_back_at_three_times_its_rate_and_not_below(then: float, now: float) -> None:
    assert bool(comes_back(judged(TriageState.NOISE, then), now, ())) == (now >= TIMES * then)


def test_a_new_kind_comes_back_and_what_is_relevant_never_left() -> None:
    noise = judged(TriageState.KNOWN, 1.0, ("a → b",))
    assert comes_back(noise, 1.0, ("a → b", "a → c")) == "new in kind: a → c"
    assert comes_back(noise, 1.0, ("a → b",)) == ""
    assert comes_back(judged(TriageState.RELEVANT, 1.0), 100.0, ("new",)) == ""


def test_what_is_remembered_is_redacted_and_a_broken_file_is_none(tmp_path: Path) -> None:
    kept = Judgements(tmp_path / "judged.sqlite")
    assert kept.recall("/repo") == {}
    kept.remember("/repo", "f", Triage(TriageState.NOISE, "ines", NOW, "password=hunter2hunter2"))
    assert kept.recall("/repo")["f"].reason == "password=***"
    assert kept.recall("/other") == {}
    (tmp_path / "judged.sqlite").write_bytes(b"no database at all, and long enough to be looked at" * 30)
    assert kept.recall("/repo") == {}


def log_of(path: Path, every: int, kind: str = "KeyError: 'sku'") -> str:
    """Two hours of a shop in which the cart fails every so many minutes."""
    lines = []
    for minute in range(120):
        at = f"2026-05-12 {13 + minute // 60:02d}:{minute % 60:02d}:00,000"
        lines.append(f"{at} INFO shop.web GET /cart 200 user={minute} 5 ms")
        if minute % every == 0:
            lines.append(f"{at} ERROR shop.web cart failed")
            lines += ["Traceback (most recent call last):", '  File "/srv/shop/cart.py", line 2, in total']
            lines += ["    return PRICES[sku]", kind]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


async def asked(repo: RepoBuilder, store: Path, log: str) -> Session:
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(store), jobs=1)))
    await session.investigate(Question("the cart fails", (log,)))
    return session


def cart(session: Session) -> Problem:
    return next(problem for problem in session.views.problems if problem.kind == "error")


async def test_noise_of_one_case_is_noise_in_the_next_until_it_is_three_times_as_often(tmp_path: Path) -> None:
    repo = RepoBuilder(tmp_path / "shop")
    repo.write("shop/cart.py", "def total(sku):\n    return PRICES[sku]\n")
    repo.commit("shop")
    store = tmp_path / "store"
    quiet, loud = log_of(tmp_path / "quiet.log", 20), log_of(tmp_path / "loud.log", 4)
    first = await asked(repo, store, quiet)
    left = first.views.left
    await first.judge(cart(first), TriageState.NOISE, reason="robots")
    await first.idle()
    assert first.views.left == left - 1
    case = first.state.id
    await first.close()

    second = await asked(repo, store, quiet)
    problem = cart(second)
    assert (problem.triage, problem.back) == (TriageState.NOISE, "")
    assert problem.judged is not None
    assert (problem.judged.reason, problem.judged.case) == ("robots", case)
    await second.close()

    third = await asked(repo, store, loud)
    assert cart(third).triage is TriageState.UNTOUCHED
    assert cart(third).back == "5 times as often as when it was called noise"
    await third.close()
