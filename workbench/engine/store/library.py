"""The cases there are, and an index of them that can be made anew."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from workbench.analysis.verdict import judge_record
from workbench.case.codec import decode, encode
from workbench.case.errors import ToldError
from workbench.case.events import Event, readable
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.options import Options
from workbench.engine.store.base import Store, StoreError
from workbench.engine.store.judgements import Judgements
from workbench.engine.store.shelf import FolderShelf, Shelf
from workbench.engine.store.snapshots import unpack
from workbench.engine.store.vault import Vault


class CaseNotFoundError(ToldError):
    """No case, or more than one, of that id."""


class NoCaseYetError(CaseNotFoundError):
    """There is no case that could be meant."""


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What the list of cases shows of one.

    ``phase`` is how far it came: investigate, fix or validate; ``verdict`` is empty before any gate ran; ``problem``
    says why a case cannot be read, ``masked`` how many secrets were masked before they were recorded.
    """

    id: str
    repo: str
    question: str
    opened: datetime
    touched: datetime
    phase: str = "investigate"
    verdict: str = ""
    problem: str = ""
    masked: int = 0


class Library:
    """The cases on ``shelf`` (default: the data folder ``data``), with what this account keeps for itself in ``data``.

    The index of a shelf is a convenience: losing it loses nothing.
    """

    def __init__(self, data: Path, shelf: Shelf | None = None) -> None:
        self._shelf = shelf or FolderShelf(data)
        self.store = self._shelf.store
        self.follow = self._shelf.follow
        self.vault = Vault(data / "vault")
        judgements = Judgements(data / "judged.sqlite")
        self.recall = judgements.recall
        self.remember = judgements.remember

    def new_id(self) -> str:
        """An id for a new case: the day, then random, so that ids sort by age and a prefix names one."""
        taken = self._shelf.stamps()
        while (ident := f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}") in taken:
            continue
        return ident

    def find(self, prefix: str) -> str:
        """The id of the one case that begins with ``prefix``. Raises CaseNotFoundError."""
        names = sorted(self._shelf.stamps())
        found = [name for name in names if name == prefix] or [name for name in names if name.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise CaseNotFoundError(f"there is no case {prefix}")
        raise CaseNotFoundError(f"{prefix} could be any of {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}")

    def latest(self) -> str:
        """The id of the case that was touched last. Raises NoCaseYetError, StoreError."""
        for card in self.cards(1):
            return card.id
        raise NoCaseYetError("there is no case yet")

    def read(self, case: str) -> CaseState:
        """The case as its file has it, as far as this program understands it. Raises StoreError."""
        store = self.store(case)
        try:
            return _folded(store)[0]
        finally:
            store.close()

    def events(self, case: str) -> list[Event]:
        """The case's events, as far as this program understands them. Raises StoreError."""
        store = self.store(case)
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
        stamp = self._shelf.stamps().get(state.id, 0)
        self._shelf.write_cards([(state.id, stamp, _text(card(state, datetime.now(UTC))))])

    def cards(self, limit: int = 100) -> list[CaseCard]:
        """The cases that were begun, latest touched first; a card is made anew when its file changed."""
        known = self._shelf.read_cards()
        cards: list[CaseCard] = []
        fresh: list[tuple[str, int, str]] = []
        for case, stamp in self._shelf.stamps().items():
            made = _known(known.get(case), stamp)
            if made is None:
                made = self._read(case)
                fresh.append((case, stamp, _text(made)))
            if made.repo or made.problem:
                cards.append(made)
        with suppress(StoreError):
            self._shelf.write_cards(fresh)
        return sorted(cards, key=lambda made: made.touched, reverse=True)[:limit]

    def _read(self, case: str) -> CaseCard:
        """The card of a case, made of its events."""
        try:
            store = self.store(case)
        except StoreError as error:
            return _unreadable(case, error)
        try:
            state, problem = _folded(store)
            newest = store.read(store.last() - 1)
            made = card(state, newest[-1].at if newest else datetime.now(UTC))
            return replace(made, id=case, problem=problem)
        except StoreError as error:
            return _unreadable(case, error)
        finally:
            store.close()


def card(state: CaseState, touched: datetime) -> CaseCard:
    """The card of a case as it stands."""
    phase = "investigate"
    if state.proposals or state.patches or state.proofs or state.test_runs:
        phase = "fix"
    if state.gates:
        phase = "validate"
    gates = tuple(state.gates.values())
    verdict = judge_record(gates, state.tree, state.plan).verdict.value if gates else ""
    opened = state.opened_at or touched
    return CaseCard(state.id, state.repo, state.question, opened, touched, phase, verdict, masked=state.masked)


def _unreadable(case: str, error: StoreError) -> CaseCard:
    now = datetime.now(UTC)
    return CaseCard(case, "", "", now, now, problem=str(error))


def _known(found: tuple[int, str] | None, stamp: int) -> CaseCard | None:
    if found is None or found[0] != stamp:
        return None
    try:
        return decode(CaseCard, json.loads(found[1]))
    except (ValueError, TypeError):
        return None


def _folded(store: Store) -> tuple[CaseState, str]:
    """The state, and why it stops short of the file's end (empty when it does not)."""
    state, problem = unpack(store.load_snapshot()) or CaseState(), ""
    while not problem and (events := store.read(state.seq)):
        known, problem = readable(events)
        state = fold(state, known)
    return state, problem


def _text(made: CaseCard) -> str:
    return json.dumps(encode(made))


def library_of(options: Options) -> Library:
    """The library of the data folder, or of the team's store that the options name."""
    if options.visit is not None:
        return Library(options.data, options.visit.shelf)
    if not options.store:
        return Library(options.data)
    from workbench.engine.store.team.shelf import TeamShelf

    return Library(options.data, TeamShelf(options.store))
