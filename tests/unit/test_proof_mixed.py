"""Code and tests in one file: the tests as they are now over the code as it was."""

from __future__ import annotations

from workbench.analysis.proof import is_self_contained, only_tests, own_tests

BEFORE = (
    '"""Prices."""\n\ndef total(prices):\n    return sum(prices) + 1\n\n\ndef test_old():\n    assert total([]) >= 0\n'
)
AFTER = (
    '"""Prices."""\nimport math\nimport pytest\n\n@pytest.fixture\ndef one():\n    return 1\n\n'
    "def total(prices):\n    return math.fsum(prices)\n\n\n"
    "def test_old():\n    assert total([]) == 0\n\n\ndef test_new(one):\n    assert pytest.approx(total([one])) == 1\n"
)


def test_the_tests_of_now_stand_over_the_code_of_then() -> None:
    made = only_tests(BEFORE, AFTER)
    assert "sum(prices) + 1" in made
    assert "math" not in made
    assert made.startswith('"""Prices."""\nimport pytest\n')
    assert "assert total([]) == 0" in made
    assert "def test_new(one)" in made
    assert "@pytest.fixture\ndef one()" in made
    assert ">= 0" not in made
    compile(made, "made.py", "exec")


def test_only_functions_that_check_something_are_tests_of_a_code_file() -> None:
    assert own_tests("def test_connection(url):\n    return url\n\ndef test_sum():\n    assert 1\n") == ("test_sum",)


def test_a_file_is_self_contained_when_it_needs_nothing_of_the_project() -> None:
    code = "import json\n\ndef total(): ...\n\ndef test_total():\n    assert total() is None\n"
    assert is_self_contained(code, frozenset({"shop"}))
    assert not is_self_contained("from shop import label\n" + code, frozenset({"shop"}))
    assert not is_self_contained("import json\n\ndef test_a():\n    assert json\n", frozenset({"shop"}))
