"""Scoring commits by how near they stand to the errors. Pure; correlation, and called so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from workbench.api import Change, ChangeKind, LogError, Signal, Trend
from workbench_history.commits import Commit

TOUCHES_LINE, TOUCHES_FILE, IN_RELEASE, SHORTLY_BEFORE, WORDS = 3.0, 1.5, 1.0, 0.5, 0.5
"""Weights of the signals of a suspect commit."""

DAY = 86400.0
_COMMON = frozenset("with that this when what into from have been does using after before".split())


def suspects(
    commits: Sequence[Commit],
    errors: Sequence[LogError],
    lines: Mapping[str, Sequence[str]],
    released: Mapping[str, str],
    question: str,
) -> list[Change]:
    """One change per commit, scored. ``lines`` maps a commit to the places (``path:line``) whose lines it last changed;
    ``released`` holds the commits between the last good and the deployed revision, each with the words that say so."""
    onset = min((error.onset for error in errors if error.onset), default=None)
    hot = _hot_files(errors)
    words = _words(question)
    return [_change(commit, _signals(commit, hot, lines, released, onset, words)) for commit in commits]


def _signals(
    commit: Commit,
    hot: Mapping[str, tuple[int, str]],
    lines: Mapping[str, Sequence[str]],
    released: Mapping[str, str],
    onset: datetime | None,
    words: frozenset[str],
) -> list[Signal]:
    signals = [
        Signal("last_touched_line", TOUCHES_LINE, f"last changed {place}, where errors end")
        for place in list(lines.get(commit.hash, ()))[:2]
    ]
    touched = [(path, *hot[path]) for path in commit.paths if path in hot]
    for path, count, ident in touched[:3]:
        signals.append(Signal("touches_hot_file", TOUCHES_FILE, f"touches {path}, {count} errors pass it", (ident,)))
    if commit.hash in released:
        signals.append(Signal("in_release", IN_RELEASE, released[commit.hash]))
    if onset is not None and 0 <= (onset - commit.at).total_seconds() <= 14 * DAY:
        days = (onset - commit.at).total_seconds() / DAY
        weight = SHORTLY_BEFORE * (1 - days / 14)
        signals.append(Signal("before_onset", weight, f"{_span(days)} before the errors began"))
    shared = sorted(_words(commit.subject) & words)
    if shared:
        signals.append(Signal("words", WORDS, f"its message shares {', '.join(shared)} with the question"))
    return signals


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


def _hot_files(errors: Iterable[LogError]) -> dict[str, tuple[int, str]]:
    hot: dict[str, tuple[int, str]] = {}
    for error in errors:
        if error.trend in (Trend.AS_ALWAYS, Trend.GONE):
            continue
        for frame in error.frames:
            if frame.mapped:
                count, ident = hot.get(frame.path, (0, error.id))
                hot[frame.path] = (count + error.count, ident)
    return hot


def _words(text: str) -> frozenset[str]:
    words = "".join(char.lower() if char.isalnum() else " " for char in text).split()
    return frozenset(word for word in words if len(word) > 3 and word not in _COMMON)


def _span(days: float) -> str:
    if days >= 2:
        return f"{days:.0f} days"
    return f"{days * 24:.0f} h" if days * 24 >= 2 else f"{days * 1440:.0f} min"
