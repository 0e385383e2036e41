"""Whether the errors fell after a moment: their share of the records as long after it as before it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis.logs.rows.timeline import Timeline

LONGEST = 900
"""Seconds before and after the moment that are compared at most."""


@dataclass(frozen=True, slots=True)
class Course:
    """(records, errors) in ``seconds`` before the moment and as long after it."""

    seconds: int
    before: tuple[int, int]
    after: tuple[int, int]

    def words(self) -> str:
        """In words, with the window and how many records each share is of."""
        span = f"{self.seconds} s" if self.seconds < 120 else f"{self.seconds // 60} min"
        if not self.before[0] or not self.after[0]:
            where = "before" if self.after[0] else "since"
            return f"mitigated: no record {where} it to compare with ({span})"
        was, now = (errors / records for records, errors in (self.before, self.after))
        word = "fell" if now < was else "rose" if now > was else "stayed"
        return f"mitigated: errors {word} {was:.1%} → {now:.1%} ({span} each, n {self.before[0]} and {self.after[0]})"


def course(timeline: Timeline, moment: float, longest: int = LONGEST) -> Course | None:
    """What ``timeline`` says of ``moment`` (seconds since 1970), as far as it reaches after it; None where it does not.

    The bucket that holds the moment is in neither part.
    """
    span, grain = timeline.span, timeline.grain
    if span is None or span[1] <= moment:
        return None
    at = int(moment // grain)
    buckets = min(max(1, longest // grain), int(span[1] // grain) - at - 1)
    if buckets < 1:
        return None

    def total(numbers: range) -> tuple[int, int]:
        found = [timeline.counts.get(number, (0, 0)) for number in numbers]
        return sum(records for records, _ in found), sum(errors for _, errors in found)

    return Course(buckets * grain, total(range(at - buckets, at)), total(range(at + 1, at + 1 + buckets)))
