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
_PYTHON = re.compile(r"\s*(?:from\s+(\w+)[\w.]*\s+import\b|import\s+(.+))")
_QUOTED = re.compile(r"""["']([@\w][@\w./-]*)["']""")
_WORD = re.compile(r"\w+")


def words_of(each: Difference) -> list[str]:
    """What code that uses it says, in small letters: a library has a name of its own when it is imported."""
    name = each.name.lower()
    if each.part != "lock":
        return [] if name in COMMON else [name]
    own = name.replace("-", "_")
    return sorted({name, own, own.removeprefix("py"), own.removeprefix("python_")} - {""})


def imported(path: str, text: str) -> set[str]:
    """The names of the modules that a line of code in small letters imports, without what is inside of them."""
    if path.endswith(".py"):
        found = _PYTHON.match(text)
        names = [found[1]] if found and found[1] else found[2].split(",") if found else []
        return {word.group() for word in map(_WORD.search, names) if word}
    if not _IMPORT.search(text):
        return set()
    if path.endswith(".java"):
        return set(_WORD.findall(text))
    return {name if name.startswith("@") else name.partition("/")[0] for name in _QUOTED.findall(text)}


def uses(told: str, wanted: Sequence[Difference]) -> dict[Difference, dict[str, int]]:
    """The first line of each file that names one, from what ``git grep -n -z`` told: COMMIT:PATH, line, text."""
    found: dict[Difference, dict[str, int]] = {each: {} for each in wanted}
    by_word: dict[str, list[Difference]] = {}
    by_module: dict[str, list[Difference]] = {}
    for each in wanted:
        for word in words_of(each):
            (by_module if each.part == "lock" else by_word).setdefault(word, []).append(each)
    parted = [word for word in by_word if not word.isidentifier()]
    lines = (line for line in told.split("\n") if line.partition("\0")[0].endswith(CODE))
    for line, _ in zip(lines, range(LINES), strict=False):
        place, _, rest = line.partition("\0")
        number, _, text = rest.partition("\0")
        path, text = place.partition(":")[2], text.lower()
        if not number.isdigit() or part_of(path) in ("lock", "migration", "ci"):
            continue
        words = {*_WORD.findall(text), *(word for word in parted if word in text)}
        named = [each for word in sorted(words & by_word.keys()) for each in by_word[word]]
        named += [each for word in sorted(imported(path, text) & by_module.keys()) for each in by_module[word]]
        for each in named:
            if len(found[each]) < PLACES:
                found[each].setdefault(path, int(number))
    return found
