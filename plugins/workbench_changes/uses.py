"""Which files of code name what a release changed: a setting, a library's module, a table. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.api import part_of
from workbench_changes.differences import Difference
from workbench_changes.hot import COMMON

CODE = (".py", ".js", ".ts", ".go", ".rb", ".java")
NAME = re.compile(r"[\w.-]{3,}")
"""A name that can be looked for: no path, no second of its kind."""
LINES, PLACES = 5000, 20
"""Lines of code that are looked at, and files that are told of one name, at most."""

_IMPORT = re.compile(r"\b(?:import|from|require)\b")
_WORD = re.compile(r"\w+")


def words_of(each: Difference) -> list[str]:
    """What code that uses it says, in small letters: a library has a name of its own when it is imported."""
    name = each.name.lower()
    if each.part != "lock":
        return [] if name in COMMON else [name]
    name = name.replace("-", "_")
    return sorted({name, name.removeprefix("py"), name.removeprefix("python_")} - {""})


def uses(told: str, wanted: Sequence[Difference]) -> dict[Difference, dict[str, int]]:
    """The first line of each file that names one, from what ``git grep -n -z`` told: COMMIT:PATH, line, text."""
    found: dict[Difference, dict[str, int]] = {each: {} for each in wanted}
    by_word: dict[str, list[Difference]] = {}
    for each in wanted:
        for word in words_of(each):
            by_word.setdefault(word, []).append(each)
    parted = [word for word in by_word if not word.isidentifier()]
    lines = (line for line in told.split("\n") if line.partition("\0")[0].endswith(CODE))
    for line, _ in zip(lines, range(LINES), strict=False):
        place, _, rest = line.partition("\0")
        number, _, text = rest.partition("\0")
        path, text = place.partition(":")[2], text.lower()
        if not number.isdigit() or part_of(path) in ("lock", "migration", "ci"):
            continue
        named = {word for word in _WORD.findall(text) if word in by_word} | {word for word in parted if word in text}
        for each in (each for word in sorted(named) for each in by_word[word]):
            if (each.part != "lock" or _IMPORT.search(text)) and len(found[each]) < PLACES:
                found[each].setdefault(path, int(number))
    return found
