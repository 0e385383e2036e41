"""The difference between a good and a bad profile, as findings; a profile alone shows what it is spent on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.api import Boost, Finding, Severity, Signal, fingerprint
from workbench_profiles.charge import Charged, Profile, Spot

SHARE = 0.05
"""Share of the bad profile's whole from which a growth, or a weight, is told."""
MOST = 12
"""Findings of one pair at most."""
MANY, TIMES = 10, 3.0
"""Calls for each call of their function, and times as many as in the good profile, from which they are told."""
LIBRARY = 0.6
"""Share of a growth that must lie in one outside function for it to be told as that function's."""

_QUERY = ("execute", "fetch", "query", "cursor", "select")


@dataclass(frozen=True, slots=True)
class Grown:
    """A function with what it grew by; ``scale`` brings the good profile to the length of the bad one."""

    spot: Spot
    good: float
    bad: float
    charged: Charged
    beneath: str = ""

    @property
    def growth(self) -> float:
        """Bad minus good."""
        return self.bad - self.good


def compared(good: Profile | None, bad: Profile) -> tuple[list[Finding], list[Boost]]:
    """Findings, the largest growth first, and a signal for each place."""
    grown = _grown(good, bad)
    findings = [*_calls(good, bad)] if good is not None else []
    told = [each for each in grown if each.growth >= SHARE * max(bad.total, 1e-12)][:MOST]
    findings += [_finding(each, good, bad) for each in told]
    top = max((each.growth for each in told), default=1.0)
    boosts = [
        Boost(each.spot[0], _signal(each, good, bad, each.growth / top), each.spot[1], _line(each.charged))
        for each in told
    ]
    return findings, boosts


def _grown(good: Profile | None, bad: Profile) -> list[Grown]:
    scale = 1.0
    if good is not None and bad.unit == "samples" and good.total:
        scale = 1.0 if 0.8 <= bad.total / good.total <= 1.25 else bad.total / good.total
        scale = min(scale, 1.0)
    found = []
    for spot, charged in bad.spots.items():
        before = good.spots.get(spot) if good is not None else None
        was = before.weight * scale if before else 0.0
        deltas = {
            name: weight - (before.beneath.get(name, 0.0) * scale if before else 0.0)
            for name, weight in charged.beneath.items()
        }
        name = max(deltas, key=lambda each: deltas[each], default="")
        growth = charged.weight - was
        beneath = name if name and growth > 0 and deltas[name] >= LIBRARY * growth else ""
        found.append(Grown(spot, was, charged.weight, charged, beneath))
    return sorted(found, key=lambda each: -each.growth)


def _calls(good: Profile | None, bad: Profile) -> Iterator[Finding]:
    """Calls that became many for each run of the function that makes them."""
    assert good is not None
    found = []
    for (spot, callee), count in bad.calls.items():
        runs = max(1, bad.times.get(spot, 1))
        before = good.calls.get((spot, callee), 0) / max(1, good.times.get(spot, 1))
        per = count / runs
        if per >= MANY and per >= TIMES * max(before, 1 / 3) and any(word in callee.lower() for word in _QUERY):
            found.append((per, spot, callee, before))
    for per, spot, callee, before in sorted(found, reverse=True)[:MOST]:
        text = f"{per:.0f} × {callee} for each {spot[1]}, {before:.0f} × in the good profile: one query for each row"
        line = _line(bad.spots[spot]) if spot in bad.spots else 1
        yield _made("WB313", spot, line, text, Severity.ERROR)


def _finding(each: Grown, good: Profile | None, bad: Profile) -> Finding:
    where = f" in {each.beneath}" if each.beneath else ""
    if good is None:
        text = f"{_amount(each.bad, bad.unit)}{where}, {each.bad / max(bad.total, 1e-12):.0%} of the profile"
        return _made("WB310", each.spot, _line(each.charged), text, Severity.WARNING)
    rule = "WB312" if bad.unit == "bytes" else "WB314" if ": " in each.beneath else "WB311"
    what = "holds more memory" if bad.unit == "bytes" else "takes longer"
    ratio = f", ×{each.bad / each.good:.1f}" if each.good > 0 and each.bad / each.good < 1000 else ""
    text = (
        f"{each.spot[1]} {what}{where}: {_amount(each.good, bad.unit)} → {_amount(each.bad, bad.unit)}{ratio}, "
        f"{each.growth / max(bad.total - good.total, each.growth, 1e-12):.0%} of the growth"
    )
    return _made(rule, each.spot, _line(each.charged), text, Severity.ERROR)


def _signal(each: Grown, good: Profile | None, bad: Profile, share: float) -> Signal:
    name = "profile" if good is None else "profile_growth"
    less = f"{_amount(each.good, bad.unit)} → " if good is not None else ""
    return Signal(name, round(share, 4), f"{bad.name}: {less}{_amount(each.bad, bad.unit)} in {each.spot[1]}")


def _line(charged: Charged) -> int:
    return max(1, max(charged.lines, key=lambda line: charged.lines[line], default=1))


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 1e6:.1f} MB" if value >= 1e5 else f"{value / 1e3:.1f} kB"
    if unit == "s":
        return f"{value:.2f} s" if value >= 0.1 or not value else f"{value * 1000:.1f} ms"
    return f"{value:.0f} samples"


def _made(rule: str, spot: Spot, line: int, text: str, severity: Severity) -> Finding:
    mark = fingerprint(rule, spot[0], spot[1], "")
    symbol = "" if spot[1].startswith("<") else spot[1]
    return Finding(f"{rule}:{mark[:10]}", spot[0], line, line, rule, text, severity, "profiles", mark, symbol)
