"""Of the failures of a repeated test the one is shown whose seed brings it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from workbench.analysis.proof import Rate
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult
from workbench.engine.proof.replays import Shown, shown


def failure(seed: int) -> TestResult:
    said = f"-- seed\n{seed}\n" if seed else "it told no seed\n"
    return TestResult(f"test_a.py::test[{seed}]", TestOutcome.FAILED, output=said)


@pytest.mark.parametrize(
    ("comes", "seed", "replayed"),
    [
        ({5: 0, 6: 1, 7: 2}, 7, Rate(2, 2)),
        ({5: 2, 6: 2}, 5, Rate(2, 2)),
        ({5: 0, 6: 1, 7: 0}, 6, Rate(1, 2)),
        ({5: 0, 6: 0, 7: 0, 8: 2}, 5, Rate(0, 2)),
    ],
)
async def test_the_seed_that_fails_again_is_shown(comes: Mapping[int, int], seed: int, replayed: Rate) -> None:
    left, ran = Counter(comes), Counter[int]()

    async def again(seed: int) -> bool:
        ran[seed] += 1
        left[seed] -= 1
        return left[seed] >= 0

    found = await shown([failure(each) for each in comes], again, 60.0)
    assert (found.seed, found.replayed) == (seed, replayed)
    assert ran[8] == 0, "no more than three are tried"


async def test_what_tells_no_seed_is_shown_and_not_replayed() -> None:
    async def again(seed: int) -> bool:
        raise AssertionError(seed)

    assert await shown([failure(0)], again, 60.0) == Shown(failure(0))
    assert await shown([], again, 60.0) == Shown()


async def test_when_its_time_is_over_the_next_seed_is_not_tried() -> None:
    async def again(seed: int) -> bool:
        return False

    assert (await shown([failure(5), failure(6)], again, -1.0)).seed == 5
