"""A save's tests begin before it is known what it changed: what they say counts where they ran what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.test_fix_swap import PAID, SHOP, TESTS, shop_of
from workbench.case.enums import TestOutcome
from workbench.engine import live
from workbench.engine.headstart import REST, VAIN, HeadStart, HeadStarts

WRONG = SHOP.replace("return net +", "return 1 + net +")


async def test_a_run_that_began_at_once_counts_where_it_ran_what_is_there(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    take, ready = HeadStart.take, live.ready

    def took(self: HeadStart, tree: str, seen: Any) -> Any:
        taken.append(tree)
        return take(self, tree, seen)

    monkeypatch.setattr(HeadStart, "take", took)
    async with shop_of(make_repo, tmp_path, monkeypatch) as shop:
        assert await shop.collect() == ""
        shop.tests.within = (PAID,)
        shop.tests.watch(True)

        async def outcome(*told: str) -> TestOutcome:
            taken.clear()
            shop.tests.saved(told)
            await shop.session.idle()
            assert shop.tests.last is not None
            known = shop.tests.board.of(PAID)
            assert known is not None
            assert known.tree == shop.tests.last.tree
            return known.result.outcome

        shop.repo.write("shop.py", SHOP + "\n")
        assert (await outcome("shop.py"), taken) == (TestOutcome.PASSED, []), "nothing was known before"
        shop.repo.write("shop.py", WRONG)
        assert (await outcome("shop.py"), len(taken)) == (TestOutcome.FAILED, 1)
        shop.repo.write("shop.py", SHOP)
        assert (await outcome("shop.py"), len(taken)) == (TestOutcome.PASSED, 1)
        assert taken == [shop.tests.last.tree]

        shop.repo.write("shop.py", WRONG)
        shop.repo.write("test_shop.py", TESTS.replace("== 18", "== 22"))
        assert (await outcome("shop.py"), taken) == (TestOutcome.PASSED, []), "another file changed, and was not told"
        shop.repo.write("test_shop.py", TESTS)
        shop.repo.write("shop.py", SHOP)
        assert await outcome("shop.py", "test_shop.py") is TestOutcome.PASSED

        async def saved_again(*given: Any) -> Any:
            shop.repo.write("shop.py", WRONG)
            return await ready(*given)

        shop.repo.write("shop.py", SHOP + "\n\n")
        monkeypatch.setattr(live, "ready", saved_again)
        assert (await outcome("shop.py"), taken) == (TestOutcome.FAILED, []), "it was saved again meanwhile"


async def test_after_some_in_vain_a_while_none_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a filter of git changes what is saved, no run that began at once ever fits."""
    begun: list[Head] = []

    class Head:
        taken = False

        async def end(self) -> None:
            pass

    async def begin(*_: Any) -> Head:
        begun.append(Head())
        return begun[-1]

    monkeypatch.setattr(HeadStarts, "_begin", begin)
    heads: Any = HeadStarts(*[cast("Any", None)] * 3)

    async def save(times: int, taken: bool = False) -> int:
        begun.clear()
        for _ in range(times):
            async with heads.begin((), (), None):
                if taken and heads.pop():
                    begun[-1].taken = True
        return len(begun)

    assert await save(VAIN - 1) == VAIN - 1
    assert await save(1, taken=True) == 1, "one that fits is a reason to go on"
    assert await save(VAIN + REST) == VAIN
    assert await save(1) == 1
