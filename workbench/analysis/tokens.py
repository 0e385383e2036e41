"""Words of code and of reports: identifiers split into parts, lower case, lightly stemmed."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

IDENTIFIER = re.compile(r"[A-Za-z_]\w+")
"""A name of two characters or more, as it stands in code or prose."""

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")
_LONGEST = 64
_ENDINGS = "ations ation ating ated ates ate ions ion ings ing ers es ed er ly s e"
_SUFFIXES = tuple(_ENDINGS.split())
_SHORTEST_STEM = 4

_GLUE = """
    a about above after again all also always am an and any are as at be because been before being below between both
    but by can cannot could did do does doing done down during each either else even ever every expected few following
    for from further get gets getting give given gives got had has have having he her here how however i if in into is
    it its itself just know like make makes many may maybe me might more most much must my need needs never new no nor
    not now of off on once one only or other our out over own please problem really right same see seem seems she should
    show shows since so some something still such sure take than thank thanks that the their them then there these they
    thing things think this those though through to too try trying two under until up us use used uses using very via
    want wants was way we well were what when where whether which while who why will with without work works would yes
    yet you your bug issue error expect actual actually behavior behaviour describe description reproduce steps version
    versions self cls def class import return none true false print args kwargs pass elif lambda
"""
STOP_WORDS = frozenset(_GLUE.split())
"""Words that say nothing about a place: English glue, words of every bug report, and keywords of Python."""


@lru_cache(maxsize=200_000)
def parts(identifier: str) -> tuple[str, ...]:
    """The stems an identifier is indexed under: its parts, and the whole name (lower case) when it has several.

    ``getSessionCookies`` gives ``get``, ``sess``, ``cooki`` and ``getsessioncookies``. Parts of one character are
    dropped; a name longer than 64 characters counts by its first 64.
    """
    return tuple(found for found, _ in pieces(identifier))


def pieces(identifier: str) -> list[tuple[str, str]]:
    """The stems of :func:`parts`, each with the lower-case word it was made of."""
    found = [part.lower() for part in _PARTS.findall(identifier[:_LONGEST])]
    stems = [(stem(part), part) for part in found if len(part) > 1]
    if len(found) > 1:
        stems.append(("".join(found), identifier))
    return stems


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """``word`` (lower case) without a common English ending, at least four characters of it left."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = _undouble(word[: -len(suffix)])
            break
    return word[:-1] + "i" if word.endswith("y") and len(word) > _SHORTEST_STEM else word


def _undouble(word: str) -> str:
    return word[:-1] if word[-1] == word[-2] and word[-1] not in "aeiouls" else word


def words(text: str) -> list[str]:
    """Every stem of the identifiers in ``text``, in order, without stop words."""
    return [
        part
        for name in IDENTIFIER.findall(text)
        if name.lower() not in STOP_WORDS
        for part in parts(name)
        if part not in STOP_WORDS
    ]


def spoken(text: str) -> dict[str, str]:
    """For each stem of :func:`words`, the word as ``text`` says it first."""
    said: dict[str, str] = {}
    for name in IDENTIFIER.findall(text):
        for found, word in pieces(name):
            said.setdefault(found, word)
    return said


def count(text: str) -> dict[str, int]:
    """How often each stem stands in ``text``; code's own words are all counted."""
    counts: dict[str, int] = {}
    for name, times in Counter(IDENTIFIER.findall(text)).items():
        for part in parts(name):
            counts[part] = counts.get(part, 0) + times
    return counts
