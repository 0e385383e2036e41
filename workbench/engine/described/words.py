"""Filling in the words of a described command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

TESTS = "{tests}"


def filled(command: Sequence[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """The words of ``command`` with every ``{name}`` of ``values`` replaced; other braces stay as they are."""
    return tuple(_filled(word, values) for word in command)


def with_tests(command: Sequence[str], tests: Sequence[str], between: str) -> tuple[str, ...]:
    """``command`` for these tests: the word ``{tests}`` becomes a word for each; a word that holds it among others has
    them joined by ``between``, and is left out where no tests are named."""
    return tuple(word for each in command for word in _expanded(each, tests, between))


def _expanded(word: str, tests: Sequence[str], between: str) -> Iterator[str]:
    if word == TESTS:
        yield from tests
    elif TESTS not in word:
        yield word
    elif tests:
        yield word.replace(TESTS, between.join(tests))


def _filled(word: str, values: Mapping[str, str]) -> str:
    """One pass, so that a value is never filled in itself."""
    made, rest = "", word
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, closed, later = after.partition("}")
        known = closed and name in values
        made += before + (values[name] if known else "{")
        rest = later if known else after
    return made + rest
