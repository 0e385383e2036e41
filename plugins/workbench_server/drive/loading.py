"""Load on both sides in turns: clients that send the next request when the last was answered."""

from __future__ import annotations

import random
import sqlite3
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench_server.drive.accounts import Accounts, NotConfiguredError
from workbench_server.drive.client import Answer, Request, send
from workbench_server.drive.sampling import counted, held, percentile
from workbench_server.drive.servers import Side

TURNS = 3
"""Times each side is loaded, in turns with the other: what the machine does meanwhile meets both."""

SETTLE = 1.0
"""Seconds after the last answer until what the servers hold is compared with before."""

EDGES = tuple(0.001 * 2 ** (at / 2) for at in range(28))
"""Upper ends, in seconds, of the buckets of the histogram of latencies; the last is open."""

STEPS = 24
"""Equal steps of the course of the error rate."""

SECONDS, CLIENTS = 6.0, 8
"""How long each side is loaded altogether, and by how many clients at once, unless the settings say."""


Timed = tuple[str, Answer, float]
"""An endpoint, what it answered, and when (seconds of load before)."""


def load(sides: Mapping[str, Side], settings: Mapping[str, Any], accounts: Mapping[str, Any]) -> dict[str, Any]:
    """Load each side in turns; figures by side."""
    seconds = float(settings.get("seconds", SECONDS)) / TURNS
    clients = int(settings.get("clients", CLIENTS))
    requests = settings["requests"]
    users = {name: Accounts(accounts) for name in sides}
    tokens = {name: _tokens(users[name], side, clients) for name, side in sides.items()}
    answers: dict[str, list[Timed]] = {name: [] for name in sides}
    before = {name: held(side.pids) for name, side in sides.items()}
    took = dict.fromkeys(sides, 0.0)
    most = dict(before)
    for turn in range(TURNS):
        for name, side in sides.items():
            began = time.perf_counter()
            answers[name] += _turn(side, requests, tokens[name], clients, seconds, turn)
            took[name] += time.perf_counter() - began
            most[name] = held(side.pids)
    time.sleep(SETTLE)
    after = {name: held(side.pids) for name, side in sides.items()}
    return {
        name: {
            **_figures(answers[name], took[name]),
            "held": [asdict(each) if each else None for each in (before[name], most[name], after[name])],
            "invariants": [_invariant(side, each) for each in settings.get("invariants", ())],
        }
        for name, side in sides.items()
    }


def _tokens(accounts: Accounts, side: Side, clients: int) -> list[str]:
    """A token for as many clients as there are sign-ins; none where no accounts are configured."""
    tokens: list[str] = []
    try:
        while len(tokens) < clients:
            tokens.append(accounts.sign_in(side.ports[0])[1])
    except NotConfiguredError:
        return tokens
    return tokens


def _turn(
    side: Side, requests: Sequence[Mapping[str, Any]], tokens: Sequence[str], clients: int, seconds: float, turn: int
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


def _figures(answers: Sequence[Timed], seconds: float) -> dict[str, Any]:
    times = [answer.seconds for _, answer, _ in answers if answer.status]
    found: dict[str, Any] = {
        "requests": len(answers),
        "per_second": len(answers) / seconds if seconds else 0.0,
        "answers": counted([(answer.status, answer.error) for _, answer, _ in answers]),
        "endpoints": {},
    }
    for where in sorted({name for name, _, _ in answers}):
        own = [answer for name, answer, _ in answers if name == where]
        found["endpoints"][where] = counted([(answer.status, answer.error) for answer in own])
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        found[name] = percentile(times, share) if times else None
    found["histogram"] = [0] * (len(EDGES) + 1)
    for each in times:
        found["histogram"][bisect_left(EDGES, each)] += 1
    found["course"] = _course(answers, seconds)
    return found


def _course(answers: Sequence[Timed], seconds: float) -> list[float]:
    """The share of requests in each step of the load that were answered with a 5xx or not at all."""
    steps = [[0, 0] for _ in range(STEPS)]
    for _, answer, at in answers:
        step = steps[min(STEPS - 1, int(at / seconds * STEPS))] if seconds else steps[0]
        step[0] += answer.status == 0 or answer.status >= 500
        step[1] += 1
    return [bad / n if n else 0.0 for bad, n in steps]


def _invariant(side: Side, invariant: Mapping[str, Any]) -> dict[str, Any]:
    """What must hold after the load: a query that counts what must not be, on SQLite, or an endpoint that answers."""
    name = str(invariant.get("name", invariant.get("sql", invariant.get("path", "?"))))
    if "path" in invariant:
        answer = send(side.ports[0], Request(path=invariant["path"]))
        return {"name": name, "value": 0 if answer.good else 1, "error": "" if answer.good else str(answer.status)}
    file = side.database(str(invariant.get("database", "default")))
    if not Path(file).is_file():
        return {"name": name, "value": None, "error": "the database is no SQLite file"}
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
            row = connection.execute(str(invariant["sql"])).fetchone()
            return {"name": name, "value": row[0] if row else None, "error": ""}
    except sqlite3.Error as error:
        return {"name": name, "value": None, "error": str(error)}
