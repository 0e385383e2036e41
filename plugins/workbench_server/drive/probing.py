"""The security probes, each on one side: how often it was tried, how often it went wrong, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from threading import Barrier
from typing import Any

from workbench_server.drive.accounts import Accounts, NotConfiguredError
from workbench_server.drive.client import Answer, send
from workbench_server.drive.payloads import payload_probe
from workbench_server.drive.servers import Side, StartError
from workbench_server.drive.tampering import tampered

ROUNDS = 12
"""Times one token is exchanged by several clients at once."""

CLIENTS = 8
"""Clients at once."""

TURNS = 4
"""Times two accounts ask in turns."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What one probe said: tries, those that went wrong, the first of them in words; ``unchecked`` says why it could
    not be tried."""

    name: str
    n: int = 0
    bad: int = 0
    detail: str = ""
    unchecked: str = ""


Tries = Iterator[str]
"""One text for each try: empty when all was well, else what went wrong."""


def probe_all(side: Side, settings: dict[str, Any], endpoints: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every probe on ``side``."""
    accounts = Accounts(settings)
    probes: dict[str, Callable[[], Tries]] = {
        "own answers": lambda: _own(side, accounts),
        "one exchange": lambda: _once(side, accounts),
        "replaced tokens": lambda: _replaced(side, accounts),
        "revoked tokens": lambda: _revoked(side, accounts),
        "tampered tokens": lambda: _tampered(side, accounts),
        "expired tokens": lambda: _expired(side, accounts),
        "payloads": lambda: payload_probe(side, accounts, endpoints),
        "sign-in limit": lambda: _limited(side, accounts),
    }
    return [asdict(_probed(name, probe)) for name, probe in probes.items()]


def _probed(name: str, probe: Callable[[], Tries]) -> Probed:
    tries: list[str] = []
    try:
        tries.extend(probe())
    except (NotConfiguredError, StartError) as why:
        if not tries:
            return Probed(name, unchecked=str(why))
    wrong = [said for said in tries if said]
    return Probed(name, len(tries), len(wrong), wrong[0] if wrong else "")


def _own(side: Side, accounts: Accounts) -> Tries:
    """Each account is answered as itself: first asked at once, then in turns, on every worker."""
    accounts.need("identity")
    one, first = accounts.sign_in(side.ports[0])
    two, second = accounts.sign_in(side.ports[0], other_than=one)
    asked = [(one, first), (two, second)]
    with ThreadPoolExecutor(2) as pool:
        for port in side.ports:
            answers = list(pool.map(lambda pair, port=port: accounts.identity(port, pair[1]), asked))
            for (user, _), answer in zip(asked, answers, strict=True):
                yield _as(accounts, answer, user)
    for turn in range(TURNS):
        for user, token in asked:
            yield _as(accounts, accounts.identity(side.ports[turn % len(side.ports)], token), user)


def _as(accounts: Accounts, answer: Answer, user: Any) -> str:
    if answer.good and accounts.is_of(answer, user):
        return ""
    if answer.good:
        return "one account was answered as another"
    return f"an account with a good token was answered {answer.status or answer.error}"


def _once(side: Side, accounts: Accounts) -> Tries:
    """Of several clients that exchange one token at once, over all workers, one wins. Told are first the rounds that
    most won, then those in which a loser met an error."""
    accounts.need("refresh")
    rounds: list[tuple[int, str]] = []
    _, token = accounts.sign_in(side.ports[0])
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            barrier = Barrier(CLIENTS)

            def exchange(at: int, barrier: Barrier = barrier, token: str = token) -> tuple[Answer, str]:
                barrier.wait()
                return accounts.refresh(side.ports[at % len(side.ports)], token)

            answers = list(pool.map(exchange, range(CLIENTS)))
            won = [new for _, new in answers if new]
            broken = [answer.status for answer, _ in answers if answer.status in (0, 500)]
            said = f"a client that lost was answered {broken[0] or 'nothing'}" if broken else ""
            rounds.append((len(won), said if len(won) == 1 else f"{len(won)} of {CLIENTS} clients exchanged one token"))
            if not won:
                _, token = accounts.sign_in(side.ports[0])
            else:
                token = won[0]
    yield from (said for _, said in sorted(rounds, key=lambda each: -each[0]))


def _replaced(side: Side, accounts: Accounts) -> Tries:
    """A token that was exchanged is refused, whether or not it was used just before, on every worker."""
    accounts.need("refresh", "identity")
    for token, used in _tokens(side, accounts):
        accounts.refresh(side.ports[0], token)
        for port in side.ports:
            yield _refused(accounts.identity(port, token), f"a replaced token{used}")
            again, _ = accounts.refresh(port, token)
            yield "a replaced token was exchanged again" if again.good else _broken(again, "a second exchange")


def _revoked(side: Side, accounts: Accounts) -> Tries:
    """A token that was signed out is refused, cold and warm, on every worker."""
    accounts.need("logout", "identity")
    for token, used in _tokens(side, accounts):
        accounts.log_out(side.ports[0], token)
        for port in side.ports:
            yield _refused(accounts.identity(port, token), f"a revoked token{used}")


def _tokens(side: Side, accounts: Accounts) -> Iterator[tuple[str, str]]:
    """A token that no worker has seen, then one that every worker has, each with how that is told."""
    for warm in (False, True):
        _, token = accounts.sign_in(side.ports[0])
        for port in side.ports if warm else ():
            accounts.identity(port, token)
        yield token, ", used before," if warm else ""


def _tampered(side: Side, accounts: Accounts) -> Tries:
    """A token that was changed is refused; the unchanged one is not."""
    accounts.need("identity")
    _, token = accounts.sign_in(side.ports[0])
    for warm in (False, True):
        if warm and not accounts.identity(side.ports[0], token).good:
            raise NotConfiguredError("the unchanged token is refused too")
        for name, changed in tampered(token):
            yield _refused(accounts.identity(side.ports[0], changed), f"a token with {name}")


def _expired(side: Side, accounts: Accounts) -> Tries:
    """A token is refused by a server whose clock is past its end, which grants one of its own."""
    accounts.need("identity")
    if side.settled:
        raise NotConfiguredError("the clock of a server that a command starts cannot be set")
    _, old = accounts.sign_in(side.ports[0])
    later = side.start(later=accounts.lifetime(old) + 3600)
    try:
        _, young = accounts.sign_in(later.port)
        if not accounts.identity(later.port, young).good:
            raise NotConfiguredError("with its clock ahead the server refuses a new token too")
        yield _refused(accounts.identity(later.port, old), "an expired token")
    finally:
        side.retire(later)


def _limited(side: Side, accounts: Accounts) -> Tries:
    """After as many sign-ins as are allowed the next is refused for that, whichever worker it reaches."""
    accounts.need("login", "users", "attempts")
    request = accounts.sign_in_request(accounts.last)
    for at in range(accounts.attempts + 3):
        answer = send(side.ports[at % len(side.ports)], request)
        if at < accounts.attempts:
            yield _broken(answer, f"sign-in {at + 1}")
        elif answer.status != 429:
            yield f"sign-in {at + 1} of {accounts.attempts} allowed was answered {answer.status or answer.error}"
        else:
            yield ""


def _refused(answer: Answer, what: str) -> str:
    return "" if answer.refused else f"{what} was answered {answer.status or answer.error}"


def _broken(answer: Answer, what: str) -> str:
    return f"{what} was answered {answer.status or answer.error}" if answer.status in (0, 500) else ""
