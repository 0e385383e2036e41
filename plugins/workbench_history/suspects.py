"""Scoring commits by how near they stand to the errors. Pure; correlation, and called so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from workbench.api import Change, ChangeKind, LogError, Signal, Trend
from workbench_history.blame import Touch
from workbench_history.commits import Commit

TOUCHES = {"last_touched_line": 3.0, "took_lines_out": 2.0, "touched_function": 2.0, "touched_on_the_way": 1.0}
ENDS_IN, PASSES, IN_RELEASE, SHORTLY_BEFORE, AFTER, WORDS = 1.5, 0.5, 1.0, 1.0, -3.0, 0.5
"""Weights of the signals of a suspect commit. A file in which errors end counts more than one that they pass."""

DAY = 86400.0
HALF = 2.0
"""Days before the errors began that halve what the time says: a commit of the hour before says most."""
RAN, STANDS = 14.0, 0.2
"""Days without errors that halve what a place says against the commit that changed it, and the share that is left."""
DEPLOYED = "came with the deployed release"
_COMMON = frozenset("with that this when what into from have been does using after before".split())


def suspects(
    commits: Sequence[Commit],
    errors: Sequence[LogError],
    touches: Mapping[str, Sequence[Touch]],
    released: Mapping[str, str],
    question: str,
) -> list[Change]:
    """One change per commit, scored. ``touches`` holds what each commit last changed of the code that errors ran
    through; ``released`` the commits between the last good and the deployed revision, each with the words that say so.
    """
    live = [error for error in errors if error.trend not in (Trend.AS_ALWAYS, Trend.GONE)]
    onsets = [error.onset for error in live if error.onset]
    hot = _hot_files(live)
    words = _words(question)
    found: list[Change] = []
    for commit in commits:
        near = [*_touched(touches.get(commit.hash, ())), *_files(commit, hot)]
        came = released.get(commit.hash, "")
        signals = [*near, *([Signal("in_release", IN_RELEASE, came)] if came else ())]
        signals += _near(commit, onsets)
        if came != DEPLOYED:
            signals += _stood(commit, onsets, sum(signal.weight for signal in near))
        found.append(_change(commit, [*signals, *_spoken(commit, words)]))
    return found


def _touched(touches: Sequence[Touch]) -> list[Signal]:
    """The two strongest places."""
    found = [Signal(each.how, TOUCHES[each.how], each.text) for each in touches]
    return sorted(found, key=lambda signal: -signal.weight)[:2]


def _files(commit: Commit, hot: Mapping[str, tuple[bool, int, str]]) -> list[Signal]:
    touched = sorted(((path, *hot[path]) for path in commit.paths if path in hot), key=lambda each: not each[1])
    return [
        Signal("touches_hot_file", ENDS_IN, f"touches {path}, {count} errors end there", (ident,))
        if ends
        else Signal("touches_hot_file", PASSES, f"touches {path}, {count} errors pass it", (ident,))
        for path, ends, count, ident in touched[:3]
    ]


def _near(commit: Commit, onsets: Sequence[datetime]) -> list[Signal]:
    """How long before the errors began that it can have caused; against it where it came after all of them."""
    gaps = _gaps(commit, onsets)
    days = min((gap for gap in gaps if gap >= 0), default=None)
    if days is None:
        return [Signal("after_onset", AFTER, f"{_span(-max(gaps))} after the errors began")] if gaps else []
    weight = round(SHORTLY_BEFORE * 0.5 ** (days / HALF), 4)
    return [Signal("before_onset", weight, f"{_span(days)} before the errors began")] if weight >= 0.01 else []


def _stood(commit: Commit, onsets: Sequence[datetime], near: float) -> list[Signal]:
    """What is taken off ``near`` where the code ran for long without the errors and no deploy is known to have brought
    it."""
    days = min((gap for gap in _gaps(commit, onsets) if gap >= 0), default=0.0)
    lost = round(near * (1 - max(STANDS, 0.5 ** (days / RAN))), 4)
    return [Signal("long_before", -lost, f"stood for {_span(days)} before the errors began")] if lost >= 0.05 else []


def _gaps(commit: Commit, onsets: Sequence[datetime]) -> list[float]:
    """Days from the commit to each onset; below zero where it came later."""
    return [(onset - commit.at).total_seconds() / DAY for onset in onsets]


def _spoken(commit: Commit, words: frozenset[str]) -> list[Signal]:
    shared = sorted(_words(commit.subject) & words)
    if not shared:
        return []
    return [Signal("words", WORDS, f"its message shares {', '.join(shared)} with the question")]


def _change(commit: Commit, signals: list[Signal]) -> Change:
    return Change(
        id=f"commit:{commit.hash[:12]}",
        at=commit.at,
        kind=ChangeKind.COMMIT,
        summary=commit.subject,
        revision=commit.hash,
        author=commit.author,
        paths=commit.paths,
        score=round(sum(signal.weight for signal in signals), 4),
        signals=tuple(signals),
    )


def _hot_files(errors: Iterable[LogError]) -> dict[str, tuple[bool, int, str]]:
    """Path to whether errors end there, how many come through, and one of them."""
    hot: dict[str, tuple[bool, int, str]] = {}
    for error in errors:
        for path in dict.fromkeys(frame.path for frame in error.frames if frame.mapped):
            ends, count, ident = hot.get(path, (False, 0, error.id))
            ends = ends or (error.place is not None and error.place.path == path)
            hot[path] = (ends, count + error.count, ident)
    return hot


def _words(text: str) -> frozenset[str]:
    words = "".join(char.lower() if char.isalnum() else " " for char in text).split()
    return frozenset(word for word in words if len(word) > 3 and word not in _COMMON)


def _span(days: float) -> str:
    if days >= 2:
        return f"{days:.0f} days"
    return f"{days * 24:.0f} h" if days * 24 >= 2 else f"{days * 1440:.0f} min"
