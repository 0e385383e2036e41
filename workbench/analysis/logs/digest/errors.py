"""Errors as they are shown: ordered by what is new, with shares that sum to one, frames mapped, variants named."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from workbench.analysis.logs.digest.events import FAILED, OTHER, UNHANDLED, Gathered
from workbench.analysis.logs.digest.onset import ORDER, Verdict
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.digest.times import moment, sparkline
from workbench.analysis.logs.scan.sample import failed_status
from workbench.analysis.logs.scan.table import ErrorRow, Table
from workbench.analysis.logs.traces.identity import is_library
from workbench.analysis.logs.traces.model import Trace
from workbench.case.enums import Trend
from workbench.case.logs import Frame, LogError, Share, Variant

SHOWN = 200
VARIANTS = 10
SAMPLED = 3
"""Variants of one error that show a sample."""
SAMPLE = 4000
"""Characters of it."""
ENDPOINTS = 20
ALONE = " that no error record tells of"
_WORD = re.compile(r"[A-Za-z][a-z]{2,}|[A-Z]{2,}|\d{3,}")


def describe(
    errors: Sequence[Gathered],
    verdicts: Sequence[Verdict],
    table: Table,
    lens: Lens,
    pattern_ids: dict[tuple[str, ...], str],
) -> tuple[LogError, ...]:
    """The errors, ordered by trend, then by surprise and by the words they share with the question."""
    served = access_records(errors, table)
    told = told_by_records([error for error in errors if error.key not in served])
    twice = told_twice([error for error in errors if error.of == FAILED and error.key not in told])
    pairs = [pair for pair in zip(errors, verdicts, strict=True) if pair[0].key not in served | told | twice]
    totals: Counter[str] = Counter()
    for error, _ in pairs:
        totals[error.of] += error.count
        totals[UNHANDLED] += error.unhandled
    whole = {of: f"{count} {of}{ALONE if told and of == FAILED else ''}" for of, count in totals.items()}
    asked = _words(lens.question)
    ranked = sorted(pairs, key=lambda pair: _rank(pair[0], pair[1], asked))
    shown = [_error(error, verdict, totals, whole, table, lens, pattern_ids) for error, verdict in ranked[:SHOWN]]
    return (*shown, *_others([error for error, _ in ranked[SHOWN:]], totals, whole))


def access_records(errors: Sequence[Gathered], table: Table) -> frozenset[str]:
    """The keys of error records that are an access log's: each tells of an answer, and those that went well are told in
    the same words. They are failed requests, by their endpoint."""
    told = {shape.words: shape.count for shape in table.shapes.values()}
    return frozenset(
        error.key
        for error in errors
        if error.of != FAILED
        and all(row.trace is None and _status(row) and told.get(row.words, 0) > row.count for row in error.rows)
    )


def told_by_records(errors: Sequence[Gathered]) -> frozenset[str]:
    """The keys of failed requests that are no news: error records say of as many requests to their path that they
    ended in an exception, or were answered so. A log that names methods and one that does not may tell of the same."""
    recorded: Counter[tuple[str, str]] = Counter()
    failed: defaultdict[tuple[str, str], Counter[bool]] = defaultdict(Counter)  # with their method, and without
    for error in errors:
        for row in error.rows:
            if error.of == FAILED:
                failed[_answer(error)][" " in str(error.keys[0][1])] += row.count
            elif status := _answered(row):
                recorded += Counter({(status, name.rpartition(" ")[2]): n for name, n in row.endpoints.items()})
    failures = [error for error in errors if error.of == FAILED]
    return frozenset(
        error.key for error in failures if max(failed[_answer(error)].values()) <= recorded[_answer(error)]
    )


def told_twice(failures: Sequence[Gathered]) -> frozenset[str]:
    """The keys of failed requests that another log tells of too: one names methods (a proxy's) and one does not. Of
    each status and path the ones are kept that are more."""
    sides: defaultdict[tuple[str, str], tuple[list[Gathered], list[Gathered]]] = defaultdict(lambda: ([], []))
    for error in failures:
        sides[_answer(error)][" " in str(error.keys[0][1])].append(error)
    fewer = (min(bare, named, key=lambda side: sum(each.count for each in side)) for bare, named in sides.values())
    return frozenset(error.key for side in fewer for error in side)


def _answer(error: Gathered) -> tuple[str, str]:
    """Status and path of failed requests."""
    return str(error.keys[0][0]), str(error.keys[0][1]).rpartition(" ")[2]


def _answered(row: ErrorRow) -> str:
    """The status that an error record says a request was answered with, empty where it says none."""
    if row.unhandled:
        return "500"
    if status := _status(row):
        return status
    if ": /" not in row.sample:
        return ""
    from http import HTTPStatus

    return next((str(each.value) for each in HTTPStatus if each >= 500 and f"{each.phrase}: /" in row.sample), "")


def _status(row: ErrorRow) -> str:
    """The failed status that a record's first line has in a field or as access logs write it, empty for none."""
    return failed_status(row.sample.partition("\n")[0].encode())


def _others(errors: Sequence[Gathered], totals: Counter[str], whole: Mapping[str, str]) -> Iterator[LogError]:
    """One row for all that are not listed, of error records and of failed requests: so shares sum to one."""
    for of in [each for each in totals if each != UNHANDLED]:
        rest = [error for error in errors if error.of == of]
        if rest:
            count = sum(error.count for error in rest)
            message = f"{len(rest)} further {'errors' if of != FAILED else 'endpoints'}"
            id = OTHER if of != FAILED else f"{OTHER} {of}"
            share = count / totals[of]
            uncaught = unhandled(sum(error.unhandled for error in rest), totals)
            yield LogError(
                id, OTHER, message, Trend.UNKNOWN, count, share, whole[of], fingerprint=id, unhandled=uncaught
            )


def unhandled(count: int, totals: Mapping[str, int]) -> Share | None:
    """The share of the requests that ended in an exception which nobody caught."""
    total = totals[UNHANDLED]
    return Share(count, count / total, f"{total} {UNHANDLED}") if count else None


def _rank(error: Gathered, verdict: Verdict, asked: set[str]) -> tuple[float, ...]:
    text = " ".join([error.key, *error.template, error.rows[0].sample[:2000]])
    told = len(asked & _words(text)) / max(len(asked), 1)
    failed = error.of == FAILED
    return (
        ORDER.index(verdict.trend),
        failed,
        verdict.change is None,
        -verdict.surprise * (1 + told),
        -told,
        -error.count,
    )


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _error(
    error: Gathered,
    verdict: Verdict,
    totals: Counter[str],
    whole: Mapping[str, str],
    table: Table,
    lens: Lens,
    pattern_ids: dict[tuple[str, ...], str],
) -> LogError:
    rows = sorted(error.rows, key=lambda row: -row.count)
    first = rows[0]
    times = error.times()
    endpoints: Counter[str] = Counter()
    for row in rows:
        endpoints += row.endpoints
    users = set[str]().union(*(row.users for row in rows))
    requests = set[str]().union(*(row.requests for row in rows))
    kind, message, why = _told(error, first)
    return LogError(
        id=error.id,
        type=kind,
        message=message,
        trend=verdict.trend,
        count=error.count,
        share=error.count / totals[error.of],
        of=whole[error.of],
        factor=verdict.factor,
        onset=moment(verdict.change.at) if verdict.change else None,
        first_seen=moment(times[0]) if times else None,
        last_seen=moment(times[-1]) if times else None,
        frames=_frames(error, first, lens),
        cause=_cause(first.trace),
        variants=_variants(rows),
        patterns=tuple(sorted({pattern_ids[row.words] for row in rows if row.words in pattern_ids})),
        sparkline=sparkline(times, table.start, table.end),
        endpoints=tuple(endpoints.most_common(ENDPOINTS)),
        users=len(users) or None,
        requests=len(requests) or None,
        why=f"{why}; {verdict.unseen}" if verdict.unseen else why,
        fingerprint=error.fingerprint,
        unhandled=unhandled(error.unhandled, totals),
    )


def _told(error: Gathered, row: ErrorRow) -> tuple[str, str, str]:
    """Type, message and the reason for the grouping."""
    if error.identity is None:
        return (
            row.level.value.upper(),
            " ".join(error.template),
            "no traceback; same message once its values are left out",
        )
    if error.of == FAILED:
        return error.identity.type, error.identity.function or "(no endpoint)", "same status and endpoint"
    message = row.trace.message if row.trace else ""
    return error.identity.type or "(cut off)", message, error.identity.why


def _frames(error: Gathered, row: ErrorRow, lens: Lens) -> tuple[Frame, ...]:
    if row.trace is not None:
        trace = next((each for each in row.trace.chain() if each.frames), row.trace)
        if lens.checkout is None:
            return tuple(Frame(raw.file, raw.line, raw.function, False, raw.text) for raw in trace.frames)
        return _mapped(row.trace, lens)
    if lens.calls is not None and error.template:
        call = lens.calls.find(error.template)
        if call is not None:
            return (Frame(call.path, call.line, "", True, call.literal),)
    return ()


def _mapped(trace: Trace, lens: Lens) -> tuple[Frame, ...]:
    """The frames of the exception raised last, or of the first cause that has one in the checkout."""
    assert lens.checkout is not None
    chains = [tuple(map(lens.checkout.frame, each.frames)) for each in trace.chain()]
    ours = next((frames for frames in chains if any(frame.mapped for frame in frames)), None)
    return ours or chains[0]


def _cause(trace: Trace | None) -> str:
    if trace is None or trace.cause is None:
        return ""
    return " ← ".join(
        f"{each.type}: {each.message.splitlines()[0][:200]}" if each.message else each.type
        for each in trace.chain()[1:]
    )


def _variants(rows: Sequence[ErrorRow]) -> tuple[Variant, ...]:
    counts: Counter[str] = Counter()
    samples: dict[str, str] = {}
    for row in rows:
        label = _label(row.trace) if row.trace else " ".join(row.words)
        counts[label] += row.count
        samples.setdefault(label, row.sample)
    return tuple(
        Variant(label, count, samples[label][:SAMPLE] if at < SAMPLED else "")
        for at, (label, count) in enumerate(counts.most_common(VARIANTS))
    )


def _label(trace: Trace) -> str:
    """The path by the functions of the project, then what it came from."""
    names = [frame.function for frame in trace.frames if not is_library(frame)]
    path = " → ".join(name for at, name in enumerate(names) if not at or names[at - 1] != name)
    causes = "".join(f" ← {each.type}" for each in trace.chain()[1:])
    children = f" [{', '.join(sorted({child.type for child in trace.children}))}]" if trace.children else ""
    return f"{path or trace.type}{causes}{children}"
