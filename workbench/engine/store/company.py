"""Who is at a case now, where they look, and who has the wheel. Said by beats; who is silent for EXPIRY is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.engine.store.owners import is_alive

EXPIRY = 10.0
"""Seconds after its last beat in which a program still counts, and keeps the wheel."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One program at the case. ``id`` is random per program, ``looking`` says where its person looks, ``wants`` whether
    they asked for the wheel; ``host`` is the process, as ``owners.owner`` names it; ``role`` is driver (may have the
    wheel) or viewer (never)."""

    id: str
    name: str
    host: str = ""
    looking: str = ""
    wants: bool = False
    role: str = "driver"


@dataclass(frozen=True, slots=True)
class Company:
    """Everyone at the case, in the order of their names; ``wheel`` is the id of the one who drives, or empty."""

    wheel: str = ""
    people: tuple[Presence, ...] = ()

    @property
    def driver(self) -> Presence | None:
        """Who drives."""
        return next((each for each in self.people if each.id == self.wheel), None)


class Round:
    """Presences and the wheel with when they expire: the rule, apart from where it is kept. ``now`` is in seconds."""

    def __init__(self, seen: Mapping[str, tuple[Presence, float]] | None = None, wheel: str = "") -> None:
        self._seen = dict(seen or {})
        self._wheel = wheel

    def beat(self, me: Presence, drive: bool, now: float) -> Company:
        """``me`` is here; with ``drive`` takes the wheel where it is free."""
        self._seen[me.id] = (me, now + EXPIRY)
        self._expire(now)
        if drive and me.role == "driver" and not self._wheel:
            self._wheel = me.id
        return self.company()

    def hand_over(self, giver: str, taker: str, now: float) -> Company:
        """Give the wheel to ``taker`` (empty: to nobody), where ``giver`` has it and the other may."""
        self._expire(now)
        to = self._seen.get(taker)
        if self._wheel == giver and (not taker or (to is not None and to[0].role == "driver")):
            self._wheel = taker
        return self.company()

    def leave(self, who: str) -> None:
        """``who`` is gone, and the wheel free if it was theirs."""
        self._seen.pop(who, None)
        self._wheel = "" if self._wheel == who else self._wheel

    def kept(self) -> tuple[tuple[Presence, float], ...]:
        """Every presence with when it expires."""
        return tuple(self._seen.values())

    def company(self) -> Company:
        """Who is here."""
        people = sorted((person for person, _ in self._seen.values()), key=lambda each: (each.name, each.id))
        return Company(self._wheel, tuple(people))

    def _expire(self, now: float) -> None:
        """Who fell silent is gone, and who is known to be dead: a program of this host."""
        self._seen = {who: it for who, it in self._seen.items() if it[1] > now and is_alive(it[0].host)}
        if self._wheel not in self._seen:
            self._wheel = ""
