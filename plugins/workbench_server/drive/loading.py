"""Load on both sides in turns: clients that send the next request when the last was answered, or a locustfile."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from workbench_server.drive.accounts import Accounts, NotConfiguredError
from workbench_server.drive.client import Request, send
from workbench_server.drive.figures import FEWEST, Timed, figures_of, in_nearly_every_turn, times_slower
from workbench_server.drive.invariants import invariant_of
from workbench_server.drive.locusts import Locusts
from workbench_server.drive.sampling import Held, Watch, held
from workbench_server.drive.servers import Remote, Side

Loaded = Side | Remote
"""What can be loaded."""

TURNS = 3
"""Times each side is loaded, in turns with the other: what the machine does meanwhile meets both."""

AGAIN = 3
"""Times the turns are taken at most: again where head was slower in each, which the machine alone may have done."""

PATIENCE = 10
"""Times its seconds that a turn may go on, on a machine so slow that too few requests were answered in them."""

SETTLE = 1.0
"""Seconds after the last answer until what the servers hold is compared with before."""

SECONDS, CLIENTS = 6.0, 8
"""How long each side is loaded altogether, and by how many clients at once, unless the settings say."""


def load(sides: Mapping[str, Loaded], settings: Mapping[str, Any], accounts: Mapping[str, Any]) -> dict[str, Any]:
    """Load each side in turns; figures by side. Raises StartError where a locustfile cannot be run."""
    locusts = Locusts.of(settings)
    turns = 1 if locusts else int(settings.get("turns", TURNS))
    loads = _Loads(sides, settings, accounts, locusts, turns)
    loads.run(range(turns))
    for again in range(1, 1 if locusts else AGAIN):
        if loads.is_slower:
            loads.run(range(again * turns, (again + 1) * turns))
    time.sleep(SETTLE)
    found = loads.figures()
    for name, side in sides.items():
        looks = (loads.before[name], loads.most[name], held(side.pids))
        found[name]["held"] = [asdict(each) if each else None for each in looks]
        found[name]["invariants"] = [invariant_of(side, each) for each in settings.get("invariants", ())]
    return found


class _Loads:
    """The turns of all sides, as they are taken."""

    def __init__(
        self,
        sides: Mapping[str, Loaded],
        settings: Mapping[str, Any],
        accounts: Mapping[str, Any],
        locusts: Locusts | None,
        turns: int,
    ) -> None:
        self._sides, self._settings, self._locusts = sides, settings, locusts
        self._seconds = float(settings.get("seconds", SECONDS)) / turns
        self._clients = int(settings.get("clients", CLIENTS))
        self._fewest = -(-FEWEST // (turns * self._clients))
        signed_in = {
            name: _tokens(Accounts(accounts), side, self._clients) for name, side in sides.items() if not locusts
        }
        self._tokens = {name: signed_in.get(name, []) for name in sides}
        self._answers: dict[str, list[Timed]] = {name: [] for name in sides}
        self._tails: dict[str, list[float | None]] = {name: [] for name in sides}
        self._took = dict.fromkeys(sides, 0.0)
        self.before = {name: held(side.pids) for name, side in sides.items()}
        self.most = dict(self.before)

    def run(self, turns: range) -> None:
        """Take these turns, each on one side after the other."""
        for turn in turns:
            for name, side in self._sides.items():
                began = time.perf_counter()
                with Watch(side.pids) as watch:
                    own = self._turn(name, side, turn)
                took = self._seconds if self._locusts else time.perf_counter() - began
                self._answers[name] += [(where, answer, self._took[name] + at) for where, answer, at in own]
                self._tails[name].append(figures_of(own, took)["p95"])
                self._took[name] += took
                self.most[name] = _most(self.most[name], watch.most)

    @property
    def is_slower(self) -> bool:
        """Whether head was slower than it may be, in nearly every turn until now."""
        found = self.figures()
        head, base = found["head"], found.get("base")
        return bool(times_slower(head, base)) and in_nearly_every_turn(head, base)

    def figures(self) -> dict[str, dict[str, Any]]:
        """Of all turns until now, by side."""
        return {
            name: {**figures_of(self._answers[name], self._took[name]), "tails": list(self._tails[name])}
            for name in self._sides
        }

    def _turn(self, name: str, side: Loaded, turn: int) -> list[Timed]:
        if self._locusts:
            return self._locusts.run(side, self._clients, self._seconds)
        requests, tokens = self._settings["requests"], self._tokens[name]
        weights = [float(each.get("weight", 1)) for each in requests]
        began = time.monotonic()
        end, latest = began + self._seconds, began + self._seconds * PATIENCE

        def client(number: int) -> list[Timed]:
            chance = random.Random(f"{turn}:{number}")
            own: list[Timed] = []
            while (now := time.monotonic()) < (end if len(own) >= self._fewest else latest):
                (each,) = chance.choices(requests, weights)
                token = tokens[number % len(tokens)] if tokens and each.get("signed_in") else ""
                request = Request(each.get("method", "GET"), each["path"], each.get("json"), token=token)
                answer = send(side.ports[number % len(side.ports)], request)
                own.append((f"{request.method} {request.path}", answer, now - began))
            return own

        with ThreadPoolExecutor(self._clients) as pool:
            return [answer for own in pool.map(client, range(self._clients)) for answer in own]


def _most(one: Held | None, other: Held | None) -> Held | None:
    return one.most(other) if one is not None and other is not None else one or other


def _tokens(accounts: Accounts, side: Loaded, clients: int) -> list[str]:
    """A token for as many clients as there are sign-ins; none where no accounts are configured."""
    tokens: list[str] = []
    try:
        while len(tokens) < clients:
            tokens.append(accounts.sign_in(side.ports[0])[1])
    except NotConfiguredError:
        return tokens
    return tokens
