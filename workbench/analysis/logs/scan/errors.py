"""Error events while scanning: records with a traceback, records of level error, failed requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.formats.parsed import Parsed, Role
from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.scan.kind_table import KindTable
from workbench.analysis.logs.scan.kinds import ERROR, ERRORS, GOES_ON, OPENS, RAISED, TRACED, Kind
from workbench.analysis.logs.scan.sample import decode
from workbench.analysis.logs.scan.shapes import OTHER, Shapes
from workbench.analysis.logs.scan.table import DISTINCT, ErrorRow, Key, Table
from workbench.analysis.logs.scan.who import who
from workbench.analysis.logs.traces.identity import signature
from workbench.analysis.logs.traces.model import Trace
from workbench.analysis.logs.traces.parse import parse_trace
from workbench.case.enums import Level

ROWS = 5000
"""Call paths that are kept apart; events of further ones count under their exception type alone."""
SAMPLE = 8_000
NAMES = 200_000
"""Users and requests that are kept of all errors together."""
_CACHED = 20_000


class Events:
    """Adds error events to a table; the trace of records made of the same kinds of lines is read once.

    ``loose`` says that lines of one kind differ in letters too, so that each may name another endpoint.
    """

    def __init__(
        self,
        table: Table,
        formats: tuple[Format, ...],
        times: Callable[[Kind, Iterable[bytes]], list[float | None]],
        shapes: Shapes,
        loose: bool = False,
    ) -> None:
        self._table = table
        self._shapes = shapes
        self._loose = loose
        self._shape_of: dict[Key, int] = {}
        self._settled = 0
        self._formats = formats
        self._times = times
        self._known: dict[tuple[int, ...], tuple[Key, Trace | None] | None] = {}
        self._numbers: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._names = 0
        self._single: dict[int, tuple[ErrorRow, Kind]] = {}

    def forget(self) -> None:
        """Numbers of kinds mean something else from now on."""
        self._known.clear()
        self._single.clear()

    def settle(self) -> None:
        """Put together what differed only in words that were taken for values meanwhile."""
        if self._settled == self._shapes.rewritten:
            return
        self._settled = self._shapes.rewritten
        errors = self._table.errors
        shape_of: dict[Key, int] = {}
        for key, number in self._shape_of.items():
            words = self._shapes.words(number)
            row = errors.pop(key)
            row.words = words
            into = errors.setdefault(("words", words), row)
            if into is not row:
                into.add(row)
            shape_of["words", words] = number
        self._shape_of = shape_of
        self.forget()

    def key(self, number: int) -> Key:
        """The key of the error that ``add`` gave as ``number``."""
        return self._keys[number]

    def single(self, places: Iterable[int], numbers: Sequence[int], lines: Sequence[bytes]) -> list[int]:
        """Count records of one line whose kinds were seen before and that have no traceback; gives the others."""
        of_kind: defaultdict[int, list[int]] = defaultdict(list)
        for at in places:
            of_kind[numbers[at]].append(at)
        others: list[int] = []
        for number, found in of_kind.items():
            known = self._single.get(number)
            if known is None:
                others += found
                continue
            row, kind = known
            if kind.who is None:
                kept = row.counted(len(found))
                row.keep(self._times(kind, [lines[at] for at in found[kept]]))
                row.unhandled += kind.unhandled * len(found)
                continue
            for at in found:
                self._event(row, kind, lines[at])
        return sorted(others)

    def add(
        self, ids: tuple[int, ...], kind_of: KindTable, places: Sequence[int], lines: Sequence[bytes]
    ) -> int | None:
        """Count the record of ``lines`` at ``places``, of the kinds ``ids``; its error's number where it has a
        traceback, None where it is told by its message."""
        if ids not in self._known:
            if len(self._known) > _CACHED:
                self._known.clear()
            self._known[ids] = self._read([kind_of[each] for each in ids], [lines[at] for at in places])
        known = self._known[ids]
        if known is None:
            return None
        key, trace = known
        kind = kind_of[ids[0]]
        row = self._table.errors.get(key)
        if row is None:
            key, row = self._row(key, trace, kind, [lines[at] for at in places])
        if len(ids) == 1 and trace is None:
            self._single[ids[0]] = row, kind
        self._event(row, kind, lines[places[0]])
        return self._number(key) if trace else None

    def _number(self, key: Key) -> int:
        number = self._numbers.setdefault(key, len(self._keys))
        if number == len(self._keys):
            self._keys.append(key)
        return number

    def failure(self, status: str, kind: Kind, line: bytes) -> None:
        """Count one failed request."""
        named = who(decode(line), kind.parsed) if self._loose or kind.who is None else kind.who
        endpoint = named.endpoint if named else ""
        key: Key = (status, endpoint)
        if key not in self._table.failures and len(self._table.failures) >= ROWS:
            key = (status, "")
        row = self._table.failures.setdefault(key, ErrorRow(None, (), Level.ERROR, decode(line)[:SAMPLE]))
        self._event(row, kind, line)

    def _read(self, kinds: Sequence[Kind], lines: Sequence[bytes]) -> tuple[Key, Trace | None] | None:
        trace = next((kind.trace for kind in kinds if kind.code == TRACED), None)
        if trace is None and len(kinds) > 1 and any(kind.framed for kind in kinds):
            read = list(map(_known, kinds, lines))
            trace = parse_trace(record_text(lines, self._formats, read))
        if trace is not None:
            return ("trace", signature(trace)), trace
        if kinds[0].code in (ERROR, RAISED, OPENS) or kinds[0].parsed.level in ERRORS:
            return ("words", kinds[0].words), None
        return None

    def _row(self, key: Key, trace: Trace | None, kind: Kind, lines: Sequence[bytes]) -> tuple[Key, ErrorRow]:
        errors = self._table.errors
        if len(errors) >= ROWS:
            self.settle()
        if not trace:
            number = self._shapes.number(kind)
            key = ("words", self._shapes.words(number))
            if key in errors:
                return key, errors[key]
            if len(errors) < ROWS:
                self._shape_of[key] = number
        if len(errors) >= ROWS:
            key = ("type", trace.type) if trace else ("words", OTHER)
            trace = Trace(trace.type, "") if trace else None
        sample = "\n".join(decode(line) for line in lines[:400])[:SAMPLE]
        level = kind.parsed.level
        words = kind.words if trace or key[1] != OTHER else OTHER
        row = ErrorRow(trace, words, level if level in ERRORS else Level.ERROR, sample, kind.parsed.logger)
        return key, errors.setdefault(key, row)

    def _event(self, row: ErrorRow, kind: Kind, line: bytes) -> None:
        row.events(self._times(kind, [line]))
        row.unhandled += kind.unhandled
        named = kind.who
        if named is None:
            return
        if named.user or named.request or self._loose:
            text = decode(line)
            named = who(text, read_line(text, self._formats) if kind.parsed.fields else None)
        if named.endpoint and (named.endpoint in row.endpoints or len(row.endpoints) < 1000):
            row.endpoints[named.endpoint] += 1
        if named.user and len(row.users) < DISTINCT and self._names < NAMES:
            self._names += named.user not in row.users
            row.users.add(named.user)
        if named.request and len(row.requests) < DISTINCT and self._names < NAMES:
            self._names += named.request not in row.requests
            row.requests.add(named.request)


def _known(kind: Kind, line: bytes) -> Parsed | None:
    """What ``line`` is, where its kind tells; None where it has to be read."""
    if kind.raw == line:
        return kind.parsed
    return Parsed(decode(line), Role.CONTINUATION) if kind.code == GOES_ON and not kind.parsed.format else None


def record_text(lines: Sequence[bytes], formats: tuple[Format, ...], read: Sequence[Parsed | None] = ()) -> list[str]:
    """The lines of a record as its program wrote them: without what wraps them, without headers of their own.

    ``read`` are those of the lines that were read before.
    """
    out: list[str] = []
    for line, known in zip_longest(lines, read):
        text = decode(line)
        parsed = known or read_line(text, formats)
        if parsed.format in ("", "learned") and not parsed.time:
            out.append(text)
        elif parsed.role == 0 and text.rstrip().endswith(parsed.content):
            out.append(_indent(text, parsed.content) + parsed.content)
        else:
            out.append(parsed.content)
    return out


def _indent(text: str, content: str) -> str:
    """The spaces before a content, but for the one that ends its header."""
    before = text.rstrip()[: len(text.rstrip()) - len(content)]
    return before[len(before.rstrip()) + 1 :]
