"""A regression is red as its ratio to the good commit; without one the input grows instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.test_writers import asked, finding, line_of, outcome
from workbench.analysis.writers import Ask, Written, write_test

FAST = "class Till:\n    def add(self, n):\n        return n + 1\n\n\ndef price(text):\n    return int(text)\n"
SLOW = FAST.replace("        return n", "        sum(range(200_000))\n        return n").replace(
    "    return int", "    sum(range(200_000))\n    return int"
)
TRIED = {
    "add": "from shop.till import Till\n\n\ndef test_add():\n    assert Till().add(1) == 2\n",
    "price": "from shop import till\n\n\ndef test_price():\n    assert till.price('12') == 12\n",
    "named": "from shop.till import price\n\n\ndef test_price():\n    assert price('12') == 12\n",
}


def compared(code: str, tests: str, good: str = FAST) -> Written:
    texts = {"shop/__init__.py": "", "shop/till.py": SLOW, "tests/test_till.py": TRIED[tests], "conftest.py": ""}
    line = line_of(SLOW, code)
    ask = Ask("f", "the title", "shop/till.py", line, None, finding("WB311", "shop/till.py", line))
    return write_test(replace(ask, good="v1", good_text=good), texts, tuple(texts))


def test_a_regression_is_red_as_the_ratio_to_the_good_commit_and_green_when_it_is_as_it_was(tmp_path: Path) -> None:
    made = [compared("return n", "add"), compared("return int", "price"), compared("return int", "named")]
    assert [each.template for each in made] == ["ratio"] * 3
    here = "tests/test_named_takes_no_longer.py"
    made[2] = replace(made[2], path=here, test=made[2].test.replace(made[2].path, here))
    project = {"shop/__init__.py": "", "conftest.py": ""}
    assert outcome(tmp_path / "bad", {**project, "shop/till.py": SLOW}, made) == [each.path for each in made]
    assert outcome(tmp_path / "good", {**project, "shop/till.py": FAST}, made) == []


def test_without_a_good_commit_or_a_difference_the_input_grows_instead() -> None:
    assert compared("return int", "price", good=SLOW).template == "growth"
    assert asked("WB311", "for name in names").template == "growth"
