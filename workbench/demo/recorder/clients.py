"""Those who use the service: each public method is something that someone does, with real requests."""

from __future__ import annotations

import secrets
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING

from workbench.demo.recorder.plan import HOLD, ONSET, wanted
from workbench.demo.recorder.service import FIRST_USER, JWT_KEY, PARTNER_KEY, PASSWORD, USERS
from workbench.demo.recorder.signing import sign

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.demo.recorder.api import Answer, Api

FLAKY = 60
"""So many users have a bad connection: they refresh twice and retry. The others behave."""


class Everyone:
    """All users, with the token that each of them holds, and what they do when all is well."""

    def __init__(self, api: Api, database: Path, seed: int) -> None:
        self.api = api
        self.database = database
        self.random = Random(seed)
        self.tokens = sign_everyone_in(database)

    def act(self, what: str, at: float) -> None:
        """Do ``what``, named like the methods below, at ``at`` seconds."""
        getattr(self, what)(at)

    def me(self, at: float) -> None:
        """A page is opened that shows who one is."""
        self.api.get("/api/me", self.tokens[self._steady_user()])

    def sessions(self, at: float) -> None:
        """Someone looks where they are signed in."""
        self.api.get("/api/sessions", self.tokens[self._steady_user()])

    def statistics(self, at: float) -> None:
        """A member of staff looks at the figures."""
        self.api.get("/api/stats/sign-ins", self.tokens[FIRST_USER])

    def health(self, at: float) -> None:
        """The load balancer asks."""
        self.api.get("/healthz")

    def login(self, at: float) -> None:
        """Someone signs in."""
        user = self._steady_user()
        self._keep(user, self.api.post("/api/login", {"email": email(user), "password": PASSWORD}))

    def typo(self, at: float) -> None:
        """Someone mistypes their password."""
        self.api.post("/api/login", {"email": email(self._steady_user()), "password": "let me inn"})

    def logout(self, at: float) -> None:
        """Someone signs out, and in again."""
        user = self._steady_user()
        self.api.post("/api/logout", token=self.tokens[user])
        self._keep(user, self.api.post("/api/login", {"email": email(user), "password": PASSWORD}))

    def refresh(self, at: float) -> None:
        """An app exchanges its token in time."""
        user = self._steady_user()
        self._keep(user, self.api.post("/api/refresh", token=self.tokens[user]))

    def partner(self, at: float) -> None:
        """Someone comes from a partner's site."""
        user = self._steady_user()
        self._keep(user, self.api.post("/api/partner", {"assertion": assertion(user, PARTNER_KEY)}))

    def wrong_key(self, at: float) -> None:
        """One of the partner's hosts still signs with the key of last year."""
        last_year = "the key of northwind, as it was last year"
        self.api.post("/api/partner", {"assertion": assertion(self._steady_user(), last_year)})

    def expired(self, at: float) -> None:
        """A phone wakes up with the token of two hours ago."""
        user, then = self._steady_user(), int(time.time()) - 7200
        claims = {"sub": str(user), "jti": "0" * 32, "iat": then, "exp": then + 3600}
        self.api.get("/api/me", sign(claims, JWT_KEY))

    def _keep(self, user: int, answer: Answer) -> None:
        status, body = answer
        if status == 200:
            self.tokens[user] = body["token"]

    def _steady_user(self) -> int:
        return FIRST_USER + FLAKY + self.random.randrange(USERS - FLAKY)


class Clients(Everyone):
    """The same, and what goes wrong among them."""

    def lock(self, at: float) -> None:
        """Something else on the host writes for longer than it should."""
        if self._enough("DatabaseTimeout", at):
            return
        database = sqlite3.connect(self.database, isolation_level=None, timeout=5)
        database.execute("BEGIN IMMEDIATE")
        time.sleep(HOLD)
        database.execute("ROLLBACK")
        database.close()

    def during_lock(self, at: float) -> None:
        """A page is opened meanwhile."""
        if not self._enough("DatabaseTimeout", at + HOLD):
            self.me(at)

    def double_refresh(self, at: float) -> None:
        """Two tabs of one browser wake up together; a third tries again when it hears nothing."""
        if self._enough("TokenRefreshConflict", at):
            return
        user = self._flaky_user()
        token = self.tokens[user]
        with ThreadPoolExecutor(2) as tabs:
            both = [tabs.submit(self.api.post, "/api/refresh", None, token) for _ in range(2)]
        for answer in both:
            self._keep(user, answer.result())
        time.sleep(self.random.uniform(0.2, 0.6))
        self.api.post("/api/refresh", token=token)

    def impatient_login(self, at: float) -> None:
        """A phone with an old password tries again and again."""
        if self._enough("RateLimitExceeded", at):
            return
        body = {"email": email(self._flaky_user()), "password": "last year's"}
        for _ in range(5 + self.random.choice((2, 3, 3, 4))):
            self.api.post("/api/login", body)
            time.sleep(self.random.uniform(0.05, 0.25))

    def _enough(self, kind: str, at: float) -> bool:
        return at >= ONSET and self.api.errors[kind] >= wanted(kind, at)

    def _flaky_user(self) -> int:
        return FIRST_USER + 1 + self.random.randrange(FLAKY - 1)


def sign_everyone_in(path: Path) -> dict[int, str]:
    """Each user's token, as they got it before the recording began."""
    now = int(time.time())
    tokens = {}
    with sqlite3.connect(path) as database:
        for user in range(FIRST_USER, FIRST_USER + USERS):
            key = secrets.token_hex(16)
            database.execute(
                "INSERT INTO accounts_token (user_id, key, created_at, expires_at)"
                " VALUES (?, ?, datetime('now'), datetime('now', '+1 hour'))",
                (user, key),
            )
            tokens[user] = sign({"sub": str(user), "jti": key, "iat": now, "exp": now + 3600}, JWT_KEY)
    return tokens


def email(user: int) -> str:
    """The address of a seeded user."""
    return f"user{user - FIRST_USER + 1}@example.com"


def assertion(user: int, key: str) -> str:
    """What a partner sends."""
    claims = {"email": email(user), "aud": "auth-service", "exp": int(time.time()) + 60}
    return sign(claims, key, kid="northwind")
