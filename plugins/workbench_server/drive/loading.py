"""Load on both sides in turns: clients that send the next request when the last was answered, or a locustfile."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from workbench_server.drive.accounts import Accounts, NotConfiguredError
from workbench_server.drive.client import Request, send
from workbench_server.drive.figures import Timed, figures_of
from workbench_server.drive.invariants import invariant_of
from workbench_server.drive.locusts import Locusts
from workbench_server.drive.sampling import Held, Watch, held
from workbench_server.drive.servers import Remote, Side

Loaded = Side | Remote
"""What can be loaded."""

TURNS = 3
"""Times each side is loaded, in turns with the other: what the machine does meanwhile meets both."""

SETTLE = 1.0
"""Seconds after the last answer until what the servers hold is compared with before."""

SECONDS, CLIENTS = 6.0, 8
"""How long each side is loaded altogether, and by how many clients at once, unless the settings say."""


def load(sides: Mapping[str, Loaded], settings: Mapping[str, Any], accounts: Mapping[str, Any]) -> dict[str, Any]:
    """Load each side in turns; figures by side. Raises StartError where a locustfile cannot be run."""
    locusts = Locusts.of(settings)
    turns = 1 if locusts else int(settings.get("turns", TURNS))
    seconds = float(settings.get("seconds", SECONDS)) / turns
    clients = int(settings.get("clients", CLIENTS))
    tokens = {name: _tokens(Accounts(accounts), side, clients) if not locusts else [] for name, side in sides.items()}
    answers: dict[str, list[Timed]] = {name: [] for name in sides}
    before = {name: held(side.pids) for name, side in sides.items()}
    took, most = dict.fromkeys(sides, 0.0), dict(before)
    tails: dict[str, list[float | None]] = {name: [] for name in sides}
    for turn in range(turns):
        for name, side in sides.items():
            began = time.perf_counter()
            with Watch(side.pids) as watch:
                if locusts:
                    own = locusts.run(side, clients, seconds)
                else:
                    own = _turn(side, settings["requests"], tokens[name], clients, seconds, turn)
            answers[name] += own
            tails[name].append(figures_of(own, seconds)["p95"])
            took[name] += seconds if locusts else time.perf_counter() - began
            most[name] = _most(most[name], watch.most)
    time.sleep(SETTLE)
    after = {name: held(side.pids) for name, side in sides.items()}
    return {
        name: {
            **figures_of(answers[name], took[name]),
            "tails": tails[name],
            "held": [asdict(each) if each else None for each in (before[name], most[name], after[name])],
            "invariants": [invariant_of(side, each) for each in settings.get("invariants", ())],
        }
        for name, side in sides.items()
    }


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


def _turn(
    side: Loaded,
    requests: Sequence[Mapping[str, Any]],
    tokens: Sequence[str],
    clients: int,
    seconds: float,
    turn: int,
) -> list[Timed]:
    began = time.monotonic()
    end = began + seconds

    def client(number: int) -> list[Timed]:
        chance = random.Random(f"{turn}:{number}")
        weights = [float(each.get("weight", 1)) for each in requests]
        own: list[Timed] = []
        while time.monotonic() < end:
            (each,) = chance.choices(requests, weights)
            token = tokens[number % len(tokens)] if tokens and each.get("signed_in") else ""
            request = Request(each.get("method", "GET"), each["path"], each.get("json"), token=token)
            at = turn * seconds + time.monotonic() - began
            own.append((f"{request.method} {request.path}", send(side.ports[number % len(side.ports)], request), at))
        return own

    with ThreadPoolExecutor(clients) as pool:
        return [answer for own in pool.map(client, range(clients)) for answer in own]
