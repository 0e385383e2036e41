"""Of the tests that a change reaches, those inside of what a person asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.coverage import Reached, is_chosen


def narrowed(found: Reached, within: Sequence[str]) -> Reached:
    """``found`` without what is not in ``within`` (folders, files, classes, tests; nothing stands for all)."""
    if not within:
        return found
    inside = tuple(name.rstrip("/") for name in within)

    def kept(tests: Sequence[str]) -> tuple[str, ...]:
        return tuple(test for test in tests if is_chosen(test, inside) or _in_folder(test, inside))

    some = replace(found, failing=kept(found.failing), untraced=kept(found.untraced), everything=False)
    if found.everything:
        return replace(some, tests=inside, files=())
    parts = [name for name in inside if name.partition("::")[0] in found.files]
    return replace(some, tests=kept(found.tests), files=tuple(dict.fromkeys((*kept(found.files), *parts))))


def _in_folder(test: str, inside: Sequence[str]) -> bool:
    return any(name == "." or test.startswith(f"{name}/") for name in inside)
