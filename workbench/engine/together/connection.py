"""One joiner's connection from its greeting to its end. Blocking: lives on a thread, with another that tells news."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import IO, Any

from workbench.analysis.ranking import Ranking
from workbench.case.events import readable
from workbench.case.fold import fold
from workbench.case.state import FOLD_VERSION, CaseState
from workbench.engine.reports import markdown, paper
from workbench.engine.store.base import Store, StoreError
from workbench.engine.store.library import Library
from workbench.engine.store.snapshots import pack, unpack
from workbench.engine.together.door import Door, Entered, enter
from workbench.engine.together.invitations import Invitations
from workbench.engine.together.serving import PATIENCE, RefusedError, Service
from workbench.engine.together.shown import Shown
from workbench.engine.together.veiled import Veiled
from workbench.engine.together.wire import WireError, listed, number_of, receive, send, squeezed
from workbench.engine.views import derive

POLL = 0.25
"""Seconds between two looks at what others wrote, where nothing wakes."""
LOOK = 2.0
"""Seconds between two looks at whether who joined may still stay."""
FIRST = 500
"""Events that the answer to a greeting brings at most."""


class Connection:
    """Serves the joiner at ``source`` and ``out`` until either side ends it."""

    def __init__(self, source: IO[bytes], out: IO[bytes], library: Library, invitations: Invitations) -> None:
        self._source = source
        self._out = out
        self._library = library
        self._invitations = invitations
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._wake = threading.Event()
        self._own: set[str] = set()
        self._after = 0

    def run(self, door: Door, greeting: dict[str, Any] | None = None) -> None:
        """Greet and answer, until the end of what comes; ``greeting`` where it was read already. Nothing of what goes
        wrong with the other side is raised."""
        with suppress(OSError, ValueError):
            entered = self._greet(door, greeting)
            if entered is not None:
                try:
                    self._attend(entered)
                finally:
                    self._over.set()
                    self._wake.set()
                    with suppress(StoreError):
                        entered.store.leave(entered.joiner.id)
                    entered.store.close()

    def _greet(self, door: Door, greeting: dict[str, Any] | None) -> Entered | None:
        try:
            greeting = greeting or receive(self._source)
            if greeting is None:
                return None
            self._after = number_of(greeting, "after")
            return enter(greeting, door, self._library, self._invitations)
        except (WireError, RefusedError) as error:
            self._send({"n": 0, "error": str(error), "kind": "refused"})
        except StoreError as error:
            self._send({"n": 0, "error": str(error), "kind": "failed"})
        return None

    def _attend(self, entered: Entered) -> None:
        store, joiner = Veiled(entered.store), entered.joiner
        state = _folded(store)
        masked = store.masked
        self._send(_welcome(entered, [] if self._after else brief(store, state), masked))
        self._send(_state(store, state, self._after))
        shown = Shown(lambda: _folded(entered.store))
        service = Service(store, joiner, shown, lambda: self._stands(joiner.invitation))
        teller = threading.Thread(target=self._tell, args=(entered, state.seq), name="workbench-news", daemon=True)
        teller.start()
        while service.refusals <= PATIENCE:
            try:
                message = receive(self._source)
                if message is None:
                    return
            except WireError as error:
                service.refused(str(error))
                self._send({"n": 0, "error": str(error), "kind": "refused"})
                continue
            before = store.masked + shown.masked
            told = self._answer(service, message)
            masked = store.masked + shown.masked - before if message.get("do") != "read" else 0
            self._send(told | {"masked": masked} if masked else told)
        self._over.set()
        self._send({"bye": "refused too often"})

    def _answer(self, service: Service, message: dict[str, Any]) -> dict[str, Any]:
        head = {"n": message.get("n") if isinstance(message.get("n"), int) else 0}
        try:
            if message.get("do") == "append" and isinstance(message.get("events"), list):
                self._own |= {str(each.get("id")) for each in message["events"] if isinstance(each, dict)}
            return head | service.answer(message)
        except RefusedError as error:
            return head | {"error": str(error), "kind": "refused"}
        except WireError as error:
            service.refused(str(error))
            return head | {"error": str(error), "kind": "refused"}
        except KeyError:
            return head | {"error": "that is not here", "kind": "missing"}
        except StoreError as error:
            return head | {"error": str(error), "kind": "failed"}

    def _stands(self, invitation: str) -> bool:
        return not invitation or self._invitations.stands(invitation)

    def _tell(self, entered: Entered, last: int) -> None:
        """What others write goes out as it comes."""
        unfollow = self._library.follow(entered.case, self._wake.set)
        store: Veiled | None = None
        looked = time.monotonic()
        try:
            store = Veiled(self._library.store(entered.case))
            while not self._over.is_set():
                self._wake.wait(POLL)
                self._wake.clear()
                while events := store.read(last, 100):
                    last = events[-1].seq
                    theirs = [event for event in events if event.id not in self._own]
                    self._send({"news": listed(theirs), "last": last, "masked": store.masked})
                    store.masked = 0
                if time.monotonic() > looked + LOOK:
                    looked = time.monotonic()
                    if not self._stands(entered.joiner.invitation):
                        self._send({"bye": "the invitation was revoked or has expired"})
                        return
        except (StoreError, OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                self._send({"bye": f"the case cannot be followed any more: {error}"})
        finally:
            unfollow()
            if store is not None:
                store.close()

    def _send(self, message: dict[str, Any]) -> None:
        with self._lock:
            send(self._out, message)


def _welcome(entered: Entered, told: list[str], masked: int) -> dict[str, Any]:
    """The answer to a greeting: short, so that on a slow line it is there at once."""
    joiner = entered.joiner
    if masked and told:
        told = [*told, "", f"E-mail addresses are masked for who joins, in {masked:,} places."]
    return {
        "n": 0,
        "case": entered.case,
        "you": joiner.id,
        "name": joiner.name,
        "role": joiner.role.value,
        "brief": told,
        "notice": entered.store.notice,
        "masked": masked,
    }


def _state(store: Store, state: CaseState, after: int) -> dict[str, Any]:
    """All that is needed to show the case, so that nothing has to be asked for. Who knows the events up to ``after``
    gets those that came since."""
    found = None if after else store.load_snapshot()
    if not after and (found is None or found.fold != FOLD_VERSION or found.seq < state.seq - FIRST):
        found = pack(state)
    snapshot = None
    if found is not None and found.fold == FOLD_VERSION:
        snapshot = {"fold": found.fold, "seq": found.seq, "state": squeezed(found.data)}
        after = found.seq
    return {"snapshot": snapshot, "last": store.last(), "events": listed(store.read(after, FIRST))}


def brief(store: Store, state: CaseState) -> list[str]:
    """What somebody who joins late has to know, as lines of Markdown."""
    return list(markdown(paper("brief", state, derive(state, Ranking()), store.read(max(0, state.seq - FIRST)))))


def _folded(store: Store) -> CaseState:
    state = unpack(store.load_snapshot()) or CaseState()
    while events := store.read(state.seq):
        known, newer = readable(events)
        state = fold(state, known)
        if newer:
            break
    return state
