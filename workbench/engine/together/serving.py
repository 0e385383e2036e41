"""The serving side of a case: one joiner's requests, answered from the store. What a role may not do is refused here,
and every refusal is journaled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from workbench.case.codec import encode
from workbench.case.enums import Role
from workbench.case.events import Event, MalformedEventError, new_event
from workbench.case.fold import fold
from workbench.case.roles import SAID, write_refusal
from workbench.case.state import CaseState
from workbench.engine.store.base import BLOB_LIMIT, Store, StoreError
from workbench.engine.store.company import Company, Presence
from workbench.engine.store.seam import admitted
from workbench.engine.together.shown import Shown
from workbench.engine.together.wire import (
    EVENT,
    WireError,
    events_of,
    listed,
    number_of,
    packed,
    text_of,
    unpacked,
)

PATIENCE = 20
"""Refusals after which a joiner is sent away."""

SERVER = "workbench/serve"
"""Who signs what the serving side itself journals."""

AWAY = "joined:0:0"
"""The process of a joiner as the store knows it: none of this host, so that they cannot hide as a dead one."""

Reply = dict[str, Any]


class RefusedError(Exception):
    """What a joiner asked for is not done; the message says why."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who joined: their name as it stands under what they write, what they may do, and by which invitation. ``key`` is
    their own secret, by which they are known again after a lost link."""

    name: str
    role: Role
    key: str
    invitation: str = ""

    @property
    def id(self) -> str:
        """Their id at the case: nobody else can give it, since it is made of their key."""
        return hashlib.sha256(f"presence {self.key}".encode()).hexdigest()[:16]


class Service:
    """Answers one joiner. ``store`` is used from the calling thread alone; ``stands`` says whether they may stay."""

    def __init__(self, store: Store, joiner: Joiner, shown: Shown, stands: Callable[[], bool]) -> None:
        self._store = store
        self._joiner = joiner
        self._shown = shown
        self._stands = stands
        self.refusals = 0
        self._does: dict[str, Callable[[Reply], Reply]] = {
            "append": self._append,
            "read": self._read,
            "blob": self._blob,
            "keep": self._keep,
            "beat": self._beat,
            "hand": self._hand,
            "leave": self._leave,
            "code": self._code,
            "log": self._log,
            "change": self._shown.change,
        }

    def answer(self, message: Reply) -> Reply:
        """The reply to one request. Raises WireError, RefusedError, KeyError (not here) and StoreError."""
        does = self._does.get(text_of(message, "do"))
        if does is None:
            raise WireError("no such request")
        if not self._stands():
            self._refuse("the invitation was revoked or has expired")
        return does(message)

    def refused(self, why: str) -> None:
        """Journal a refusal. After PATIENCE of them nothing more is written: who goes on is sent away."""
        self.refusals += 1
        if self.refusals <= PATIENCE:
            journal_refusal(self._store, self._joiner.name, why)

    def _refuse(self, why: str) -> None:
        self.refused(why)
        raise RefusedError(why)

    def _append(self, message: Reply) -> Reply:
        try:
            events = [self._admitted(event) for event in events_of(message)]
        except (MalformedEventError, WireError) as error:
            self._refuse(str(error))
            raise
        drives = any(event.kind not in SAID or event.actor != self._joiner.name for event in events) and self._drives()
        for event in events:
            if why := write_refusal(event, self._joiner.role, self._joiner.name, drives):
                self._refuse(why)
        return {"seqs": [event.seq for event in self._store.append([*map(self._asked, events)])]}

    def _asked(self, event: Event) -> Event:
        if event.kind != "case.question":
            return event
        try:
            return replace(event, data={**event.data, "log_sources": self._shown.sources(event.data)})
        except KeyError:
            self._refuse("a joiner cannot have other logs of this machine read")
            raise

    def _admitted(self, event: Event) -> Event:
        """What may be stored: its secrets masked once more, and where it is somebody's word, one that can be folded."""
        clean = admitted(event, EVENT)
        if clean.kind in SAID:
            fold(CaseState(), [replace(clean, seq=1)], strict=True)
        return replace(clean, seq=0)

    def _drives(self) -> bool:
        return self._joiner.role is Role.DRIVER and self._store.hand_over("", "").wheel == self._joiner.id

    def _read(self, message: Reply) -> Reply:
        return {"events": listed(self._store.read(number_of(message, "after"), min(number_of(message, "limit"), 500)))}

    def _blob(self, message: Reply) -> Reply:
        return {"data": packed(self._store.get_blob(text_of(message, "name")))}

    def _keep(self, message: Reply) -> Reply:
        data = unpacked(text_of(message, "data"))
        if not self._drives():
            self._refuse("output is kept only of who has the wheel")
        if len(data) > BLOB_LIMIT:
            self._refuse(f"{len(data)} bytes in one blob; the limit is {BLOB_LIMIT}")
        return {"name": self._store.put_blob(self._shown.clean(data))}

    def _beat(self, message: Reply) -> Reply:
        joiner = self._joiner
        me = Presence(
            joiner.id,
            joiner.name,
            AWAY,
            text_of(message, "looking", "")[:500],
            message.get("wants") is True and joiner.role is Role.DRIVER,
            joiner.role.value,
        )
        company = self._store.beat(me, message.get("drive") is True and joiner.role is Role.DRIVER)
        return _company(company)

    def _hand(self, message: Reply) -> Reply:
        return _company(self._store.hand_over(self._joiner.id, text_of(message, "to")))

    def _leave(self, message: Reply) -> Reply:
        self._store.leave(self._joiner.id)
        return {}

    def _code(self, message: Reply) -> Reply:
        path = text_of(message, "path")
        return {"data": packed(self._store.get_blob(self._store.put_blob(self._shown.code(path))))}

    def _log(self, message: Reply) -> Reply:
        texts = self._shown.log()
        return {"files": {name: packed(data) for name, data in texts.items()}}


def journal_refusal(store: Store, name: str, why: str) -> None:
    """Write into the record that ``name`` was refused; a case that cannot be written is no reason to stop refusing."""
    with suppress(StoreError):
        store.append([admitted(new_event("access.refused", SERVER, {"name": name[:100], "why": why[:500]}))])


def journal_joined(store: Store, joiner: Joiner) -> None:
    """Write into the record that somebody joined by an invitation; said once for each."""
    event = new_event(
        "access.joined",
        SERVER,
        {"name": joiner.name, "role": joiner.role.value, "invitation": joiner.invitation},
    )
    store.append([replace(event, id=f"joined.{joiner.invitation}.{joiner.id}")])


def _company(company: Company) -> Reply:
    return {"wheel": company.wheel, "people": [encode(each) for each in company.people]}
