"""The cases on this machine: one file each in the data folder, and an index of them that can be made anew."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from workbench.analysis.verdict import judge
from workbench.case.codec import decode, encode
from workbench.case.events import Event, readable
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.store.base import StoreError
from workbench.engine.store.cards import CardIndex
from workbench.engine.store.judgements import Judgements
from workbench.engine.store.snapshots import unpack
from workbench.engine.store.sqlite import SqliteStore
from workbench.engine.store.vault import Vault


class CaseNotFoundError(Exception):
    """No case, or more than one, of that id."""


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What the list of cases shows of one.

    ``phase`` is how far it came: investigate, fix or validate; ``verdict`` is empty before any gate ran; ``problem``
    says why a case cannot be read.
    """

    id: str
    repo: str
    question: str
    opened: datetime
    touched: datetime
    phase: str = "investigate"
    verdict: str = ""
    problem: str = ""


class Library:
    """The data folder ``data``. Its index is a convenience: losing it loses nothing."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "cases"
        self._index = CardIndex(data / "cases.sqlite")
        self.vault = Vault(data / "vault")
        judgements = Judgements(data / "judged.sqlite")
        self.recall = judgements.recall
        self.remember = judgements.remember

    def path(self, case: str) -> Path:
        """The file of a case."""
        return self._folder / f"{case}.sqlite"

    def new_id(self) -> str:
        """An id for a new case: the day, then random, so that ids sort by age and a prefix names one."""
        while True:
            ident = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"
            if not self.path(ident).exists():
                return ident

    def find(self, prefix: str) -> str:
        """The id of the one case that begins with ``prefix``. Raises CaseNotFoundError."""
        names = sorted(path.stem for path in self._folder.glob("*.sqlite"))
        found = [name for name in names if name == prefix] or [name for name in names if name.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise CaseNotFoundError(f"there is no case {prefix}; workbench cases lists them")
        raise CaseNotFoundError(f"{prefix} could be any of {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}")

    def read(self, case: str) -> CaseState:
        """The case as its file has it, as far as this program understands it. Raises StoreError."""
        store = SqliteStore(self.path(case))
        try:
            return _folded(store)[0]
        finally:
            store.close()

    def events(self, case: str) -> list[Event]:
        """The case's events, as far as this program understands them. Raises StoreError."""
        store = SqliteStore(self.path(case))
        try:
            found: list[Event] = []
            problem = ""
            while not problem and (batch := store.read(found[-1].seq if found else 0)):
                known, problem = readable(batch)
                found += known
            return found
        finally:
            store.close()

    def touch(self, state: CaseState) -> None:
        """Write a case's card. Raises StoreError."""
        path = self.path(state.id)
        self._index.write([(state.id, _stamp(path), _text(card(state, datetime.now(UTC))))])

    def cards(self, limit: int = 100) -> list[CaseCard]:
        """The cases that were begun, latest touched first; a card is made anew when its file changed."""
        known = self._index.read()
        cards: list[CaseCard] = []
        fresh: list[tuple[str, int, str]] = []
        for path in sorted(self._folder.glob("*.sqlite")):
            made = _known(known.get(path.stem), path)
            if made is None:
                made = _read(path)
                fresh.append((path.stem, _stamp(path), _text(made)))
            if made.repo or made.problem:
                cards.append(made)
        with suppress(StoreError):
            self._index.write(fresh)
        return sorted(cards, key=lambda made: made.touched, reverse=True)[:limit]


def card(state: CaseState, touched: datetime) -> CaseCard:
    """The card of a case as it stands."""
    phase = "investigate"
    if state.proposals or state.patches or state.proofs or state.test_runs:
        phase = "fix"
    if state.gates:
        phase = "validate"
    verdict = judge(tuple(state.gates.values()), state.tree).verdict.value if state.gates else ""
    return CaseCard(state.id, state.repo, state.question, state.opened_at or touched, touched, phase, verdict)


def _known(found: tuple[int, str] | None, path: Path) -> CaseCard | None:
    if found is None or found[0] != _stamp(path):
        return None
    try:
        return decode(CaseCard, json.loads(found[1]))
    except (ValueError, TypeError):
        return None


def _read(path: Path) -> CaseCard:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        store = SqliteStore(path)
    except StoreError as error:
        return CaseCard(path.stem, "", "", changed, changed, problem=str(error))
    try:
        state, problem = _folded(store)
        newest = store.read(store.last() - 1)
        made = card(state, newest[-1].at if newest else changed)
        return replace(made, id=path.stem, problem=problem)
    except StoreError as error:
        return CaseCard(path.stem, "", "", changed, changed, problem=str(error))
    finally:
        store.close()


def _folded(store: SqliteStore) -> tuple[CaseState, str]:
    """The state, and why it stops short of the file's end (empty when it does not)."""
    state, problem = unpack(store.load_snapshot()) or CaseState(), ""
    while not problem and (events := store.read(state.seq)):
        known, problem = readable(events)
        state = fold(state, known)
    return state, problem


def _stamp(path: Path) -> int:
    """When the file or the log beside it was last written, in nanoseconds; 0 when it is not there."""
    times = []
    for name in (path, path.with_name(f"{path.name}-wal")):
        try:
            times.append(name.stat().st_mtime_ns)
        except OSError:
            continue
    return max(times, default=0)


def _text(made: CaseCard) -> str:
    return json.dumps(encode(made))
