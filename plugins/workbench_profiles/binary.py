"""Profiles in Python's own binary forms: cProfile's statistics (marshal) and tracemalloc's snapshots (pickle).

Neither runs code of the file: marshal holds plain values, and of a pickle only tracemalloc's two classes are made.
"""

from __future__ import annotations

import io
import marshal
import pickle
import tracemalloc
from collections import Counter, defaultdict
from typing import Any

from workbench_profiles.model import At, ProfileError, RawProfile, Stack


def statistics(data: bytes) -> RawProfile:
    """What ``cProfile`` writes: function to (primitive calls, calls, own time, whole time, callers).

    A function's own time is a stack of its own; the time of what it calls directly stands under it.
    Raises ProfileError.
    """
    try:
        table = marshal.loads(data)
        rows = {_at(key): value for key, value in table.items()}
        stacks: defaultdict[Stack, float] = defaultdict(float)
        calls: Counter[tuple[At, At]] = Counter()
        for callee, (_, _, own, _, callers) in rows.items():
            stacks[(callee,)] += own
            for key, counted in callers.items():
                calls[_at(key), callee] += counted[1] if isinstance(counted, tuple) else counted
                if isinstance(counted, tuple):
                    stacks[_at(key), callee] += counted[2]
                    stacks[(callee,)] -= counted[2]
        times = {at: row[1] for at, row in rows.items()}
    except (ValueError, TypeError, EOFError, AttributeError, IndexError) as error:
        raise ProfileError(f"not cProfile's statistics: {error}") from error
    return RawProfile("cProfile", "s", {s: w for s, w in _deepened(stacks, calls).items() if w > 1e-9}, calls, times)


def _deepened(stacks: dict[Stack, float], calls: Counter[tuple[At, At]]) -> dict[Stack, float]:
    """Stacks of two grown upwards while there is one caller alone, so that a library's time finds who asked for it."""
    callers: defaultdict[At, set[At]] = defaultdict(set)
    for caller, callee in calls:
        if caller != callee:
            callers[callee].add(caller)
    found: defaultdict[Stack, float] = defaultdict(float)
    for stack, weight in stacks.items():
        while len(stack) < 60 and len(callers[stack[0]]) == 1:
            (above,) = callers[stack[0]]
            if above in stack:
                break
            stack = (above, *stack)
        found[stack] += weight
    return found


def _at(key: tuple[str, int, str]) -> At:
    file, line, function = key
    return At("" if file == "~" else file, line, function)


class _Snapshots(pickle.Unpickler):
    """Makes nothing but what a snapshot is made of."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("tracemalloc", "Snapshot"), ("tracemalloc", "_Traces")):
            return getattr(tracemalloc, name)
        raise ProfileError(f"a pickle with {module}.{name} in it, which is no snapshot of tracemalloc")


def snapshot(data: bytes) -> RawProfile:
    """What ``tracemalloc.Snapshot.dump`` writes. Raises ProfileError."""
    try:
        traces = _Snapshots(io.BytesIO(data)).load().traces._traces
        stacks: defaultdict[Stack, float] = defaultdict(float)
        for trace in traces:
            stacks[tuple(At(file, line, "") for file, line in reversed(trace[2]))] += trace[1]
    except ProfileError:
        raise
    except (pickle.UnpicklingError, ValueError, TypeError, EOFError, AttributeError, IndexError) as error:
        raise ProfileError(f"not a snapshot of tracemalloc: {error}") from error
    return RawProfile("tracemalloc", "bytes", stacks)
