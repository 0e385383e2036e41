"""What people say of the grouping of errors: these are one, this is two, leave it as it was found. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from workbench.case.enums import Trend
from workbench.case.logs import LogError, Share

_LOUDEST = (Trend.NEW, Trend.RISEN, Trend.UNKNOWN, Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)


class Regroup(StrEnum):
    """What was done."""

    MERGE = "merge"
    SPLIT = "split"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Grouping:
    """One judgement. ``errors`` are fingerprints: all that are one, or the one whose ``variant`` stands for itself."""

    action: Regroup
    errors: tuple[str, ...]
    variant: str = ""
    by: str = ""
    at: datetime | None = None
    reason: str = ""


def grouping_data(action: Regroup, errors: Sequence[LogError], variant: str = "", reason: str = "") -> dict[str, Any]:
    """The data of an ``error.grouped`` event. Raises ValueError for a judgement that means nothing."""
    if action is Regroup.MERGE and len({error.fingerprint for error in errors}) < 2:
        raise ValueError("two errors and more can be merged")
    if action is not Regroup.MERGE and len(errors) != 1:
        raise ValueError("one error at a time can be split or left as it was found")
    if action is Regroup.SPLIT and not (
        len(errors[0].variants) > 1 and variant in {each.label for each in errors[0].variants}
    ):
        raise ValueError("an error is split by one of its variants, where it has several")
    return {
        "action": action.value,
        "errors": [error.fingerprint for error in errors],
        "variant": variant,
        "reason": reason,
        "title": " + ".join(error.type for error in errors),
    }


def grouping_of(data: Mapping[str, Any], by: str, at: datetime) -> Grouping:
    """The judgement that an event holds. Raises KeyError and ValueError for what is none."""
    errors = tuple(map(str, data["errors"]))
    return Grouping(Regroup(data["action"]), errors, data.get("variant", ""), by, at, data.get("reason", ""))


def standing(groupings: Sequence[Grouping], latest: Grouping) -> tuple[Grouping, ...]:
    """``groupings`` with ``latest``: an undo takes out what spoke of its errors, and the same again changes nothing."""
    if latest.action is not Regroup.UNDO:
        return (*groupings, latest)
    gone = set(latest.errors)
    return tuple(each for each in groupings if gone.isdisjoint(_names(each)))


def regrouped(errors: Iterable[LogError], groupings: Iterable[Grouping]) -> tuple[LogError, ...]:
    """``errors`` as people grouped them; what a judgement speaks of and is not there is left alone."""
    found = {error.fingerprint or error.id: error for error in errors}
    for each in groupings:
        there = [found[name] for name in each.errors if name in found]
        if each.action is Regroup.MERGE and len(there) > 1:
            merged = _merged(there, each)
            place = there[0].fingerprint
            gone = {error.fingerprint for error in there[1:]}
            found = {name: merged if name == place else error for name, error in found.items() if name not in gone}
        elif each.action is Regroup.SPLIT and there and any(v.label == each.variant for v in there[0].variants):
            rest, apart = _split(there[0], each)
            found[rest.fingerprint] = rest
            found[apart.fingerprint] = apart
    return tuple(found.values())


def _names(grouping: Grouping) -> set[str]:
    apart = {_apart(grouping.errors[0], grouping.variant)} if grouping.action is Regroup.SPLIT else set[str]()
    return {*grouping.errors, *apart}


def _apart(fingerprint: str, variant: str) -> str:
    return hashlib.blake2b(f"{fingerprint} {variant}".encode(), digest_size=6).hexdigest()


def _merged(errors: Sequence[LogError], grouping: Grouping) -> LogError:
    """The first of ``errors`` with what all of them counted; distinct users cannot be summed, so they are not told."""
    first = errors[0]
    loudest = min(errors, key=lambda error: _LOUDEST.index(error.trend))
    starts = [error.first_seen for error in errors if error.first_seen]
    ends = [error.last_seen for error in errors if error.last_seen]
    onsets = [error.onset for error in errors if error.onset]
    endpoints: Counter[str] = Counter()
    for error in errors:
        endpoints.update(dict(error.endpoints))
    sparks = [error.sparkline for error in errors if error.sparkline]
    same_length = len({len(spark) for spark in sparks}) == 1
    return replace(
        first,
        trend=loudest.trend,
        factor=None,
        count=sum(error.count for error in errors),
        share=sum(error.share for error in errors),
        onset=min(onsets) if onsets else None,
        first_seen=min(starts) if starts else None,
        last_seen=max(ends) if ends else None,
        variants=tuple(variant for error in errors for variant in error.variants),
        patterns=tuple(sorted({pattern for error in errors for pattern in error.patterns})),
        sparkline=tuple(map(sum, zip(*sparks, strict=True))) if same_length else (),
        endpoints=tuple(endpoints.most_common()),
        users=None,
        requests=None,
        unhandled=_together([error.unhandled for error in errors if error.unhandled]),
        why=f"put together by {grouping.by}{_because(grouping)}: {' and '.join(error.type for error in errors)}",
    )


def _together(shares: Sequence[Share]) -> Share | None:
    """Shares of one whole as one."""
    count, share = sum(each.count for each in shares), sum(each.share for each in shares)
    return replace(shares[0], count=count, share=share) if shares else None


def _split(error: LogError, grouping: Grouping) -> tuple[LogError, LogError]:
    """The rest of ``error``, and its variant alone; of a part only its count and its share are known."""
    variant = next(each for each in error.variants if each.label == grouping.variant)
    others = tuple(each for each in error.variants if each is not variant)
    why = f"told apart by {grouping.by}{_because(grouping)}"
    unknown = replace(
        error,
        factor=None,
        sparkline=(),
        endpoints=(),
        users=None,
        requests=None,
        first_seen=None,
        last_seen=None,
        unhandled=None,
    )
    rest = replace(
        unknown,
        count=error.count - variant.count,
        share=error.share * (error.count - variant.count) / error.count,
        variants=others,
        why=f"{error.why}; {why} from {variant.label}",
    )
    name = _apart(error.fingerprint, variant.label)
    apart = replace(
        unknown,
        id=f"e{name}",
        fingerprint=name,
        message=f"{error.message} ({variant.label})".strip(),
        trend=Trend.UNKNOWN,
        onset=None,
        count=variant.count,
        share=error.share * variant.count / error.count,
        variants=(variant,),
        why=why,
    )
    return rest, apart


def _because(grouping: Grouping) -> str:
    return f" ({grouping.reason})" if grouping.reason else ""
