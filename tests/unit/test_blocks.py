"""Blocks tell bodies from what is outside of them, whatever moves."""

from __future__ import annotations

from workbench.analysis.blocks import OUTSIDE, blocks_of

SOURCE = b"""
import functools
LIMIT = 3


@functools.wraps(print)
def outer(a, b=LIMIT):
    def inner():
        return a
    return inner() + b


class Cart:
    def total(self):
        return 1

    def total(self):
        return 2


@functools.lru_cache
def once():
    return 1
"""


def differing(old: bytes, new: bytes) -> set[str]:
    before, after = blocks_of(SOURCE).digests, blocks_of(SOURCE.replace(old, new)).digests
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_a_body_is_one_block_and_all_else_is_outside() -> None:
    assert differing(b"return a\n", b"return -a\n") == {"outer.<locals>.inner"}
    assert differing(b"inner() + b", b"inner() - b") == {"outer"}
    assert differing(b"return 2", b"return 3") == {"Cart.total#2"}
    for old, new in [(b"LIMIT = 3", b"LIMIT = 4"), (b"b=LIMIT", b"b=0"), (b"(print)", b"(len)"), (b"self)", b"this)")]:
        assert OUTSIDE in differing(old, new), new


def test_what_the_compiler_says_of_a_body_keeps_all_of_the_file_from_being_imported() -> None:
    assert differing(b"inner() + b", b"None[b]") == {"outer", OUTSIDE}, "a warning, which projects make an error"
    assert differing(b"return 1\n\n    def", b"continue\n\n    def") == {"Cart.total", OUTSIDE}
    assert differing(b"return a\n", b"nonlocal a\n") == {"outer.<locals>.inner"}, "an inner one stands in its outer one"
    assert differing(b"return a\n", b"nonlocal c\n") == {"outer.<locals>.inner", OUTSIDE}


def test_a_cached_value_outlives_its_test_so_its_function_is_outside() -> None:
    once = b"def once():\n    return "
    assert differing(once + b"1", once + b"2") == {OUTSIDE}


def test_a_function_that_keeps_something_beyond_its_call_is_told() -> None:
    yes = ["global LIMIT; LIMIT = 1", "cls.one = 1", "Cart.all[a] = 1", "type(a).n = 1", "Cart.all.append(a)"]
    no = ["a.one = 1", "one = {}; one[a] = 1", "self.made[a] = 1", "a.append(1)", "return Cart.all[a]"]
    yes += ["all = Cart.all; all[a] = 1", "one = two = LIST; two.append(a)", "one = cls.all; two = one[a]; two.n = 1"]
    no += ["one = LIMIT; one += 1", "one = self.made; one[a] = 1", "one = [Cart.all]; one.append(a)"]
    yes += ["if a not in self.made: self.made[a] = 1", "all = self.made; 1 if a in all else 2\n    if a: all[a] = 1"]
    bodies = {"yes": yes, "no": no}
    for answer, lines in bodies.items():
        for line in lines:
            blocks = blocks_of(f"def function(cls, self, a):\n    {line}\n".encode())
            assert bool(blocks.keepers) == (answer == "yes"), line
    assert blocks_of(SOURCE).cached == {21}


def test_moving_lines_and_comments_change_nothing() -> None:
    assert differing(b"import functools", b"# a comment\n\nimport functools") == set()


def test_a_line_belongs_to_its_innermost_function() -> None:
    blocks = blocks_of(SOURCE)
    assert [blocks.at(line) for line in (3, 6, 8, 9, 10, 15, 18)] == [
        OUTSIDE,
        "outer",
        "outer.<locals>.inner",
        "outer.<locals>.inner",
        "outer",
        "Cart.total",
        "Cart.total#2",
    ]


def test_what_does_not_parse_is_all_outside() -> None:
    assert blocks_of(b"def (").digests.keys() == {OUTSIDE}
    assert blocks_of(b"def (") != blocks_of(b"def ((")
