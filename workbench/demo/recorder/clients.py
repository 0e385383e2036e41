"""Those who use the service: each method is something that someone does, with real requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from typing import TYPE_CHECKING, Any

from workbench.demo.recorder.plan import HOLD, ONSET, wanted
from workbench.demo.recorder.service import FIRST_USER, JWT_KEY, PARTNER_KEY, PASSWORD, USERS

if TYPE_CHECKING:
    from pathlib import Path

FLAKY = 60
"""So many users have a bad connection: they refresh twice and retry. The others behave."""


class Clients:
    """All users, with the token that each of them holds."""

    def __init__(self, seed: int, database: Path) -> None:
        self.random = Random(seed)
        self.database = database
        self.port = 0
        self.errors: Counter[str] = Counter()
        self.tokens: dict[int, str] = {}
        self.guard = threading.Lock()

    def act(self, what: str, at: float) -> None:
        """Do ``what``, named like the methods below, at ``at`` seconds."""
        getattr(self, what)(at)

    def sign_everyone_in(self) -> None:
        """Give each user the token that they got before the recording began."""
        now = int(time.time())
        with sqlite3.connect(self.database) as database:
            for user in range(FIRST_USER, FIRST_USER + USERS):
                key = hashlib.md5(str(user).encode(), usedforsecurity=False).hexdigest()
                database.execute(
                    "INSERT INTO accounts_token (user_id, key, created_at, expires_at)"
                    " VALUES (?, ?, datetime('now'), datetime('now', '+1 hour'))",
                    (user, key),
                )
                self.tokens[user] = jwt({"sub": str(user), "jti": key, "iat": now, "exp": now + 3600}, JWT_KEY)

    def me(self, at: float) -> None:
        self.as_user("GET", "/api/me", self.steady_user())

    def sessions(self, at: float) -> None:
        self.as_user("GET", "/api/sessions", self.steady_user())

    def statistics(self, at: float) -> None:
        self.as_user("GET", "/api/stats/sign-ins", FIRST_USER)

    def health(self, at: float) -> None:
        self.request("GET", "/healthz")

    def login(self, at: float) -> None:
        user = self.steady_user()
        self.keep(user, *self.request("POST", "/api/login", {"email": email(user), "password": PASSWORD}))

    def typo(self, at: float) -> None:
        self.request("POST", "/api/login", {"email": email(self.steady_user()), "password": "let me inn"})

    def logout(self, at: float) -> None:
        user = self.steady_user()
        self.as_user("POST", "/api/logout", user)
        self.keep(user, *self.request("POST", "/api/login", {"email": email(user), "password": PASSWORD}))

    def refresh(self, at: float) -> None:
        user = self.steady_user()
        self.keep(user, *self.as_user("POST", "/api/refresh", user))

    def partner(self, at: float) -> None:
        user = self.steady_user()
        self.keep(user, *self.request("POST", "/api/partner", {"assertion": assertion(user, PARTNER_KEY)}))

    def wrong_key(self, at: float) -> None:
        """One of the partner's hosts still signs with the key of last year."""
        last_year = "the key of northwind, as it was last year"
        self.request("POST", "/api/partner", {"assertion": assertion(self.steady_user(), last_year)})

    def expired(self, at: float) -> None:
        user, then = self.steady_user(), int(time.time()) - 7200
        raw = jwt({"sub": str(user), "jti": "0" * 32, "iat": then, "exp": then + 3600}, JWT_KEY)
        self.request("GET", "/api/me", token=raw)

    def lock(self, at: float) -> None:
        """Something else on the host writes for longer than it should."""
        if at < ONSET or self.errors["DatabaseTimeout"] < wanted("DatabaseTimeout", at):
            database = sqlite3.connect(self.database, isolation_level=None, timeout=5)
            database.execute("BEGIN IMMEDIATE")
            time.sleep(HOLD)
            database.execute("ROLLBACK")
            database.close()

    def during_lock(self, at: float) -> None:
        paths = ("/api/me", "/api/me", "/api/me", "/api/sessions")
        if at < ONSET or self.errors["DatabaseTimeout"] < wanted("DatabaseTimeout", at + HOLD):
            self.as_user("GET", self.random.choice(paths), self.steady_user())

    def double_refresh(self, at: float) -> None:
        """Two tabs of one browser wake up together; a third tries again when it hears nothing."""
        if at >= ONSET and self.errors["TokenRefreshConflict"] >= wanted("TokenRefreshConflict", at):
            return
        user = self.flaky_user()
        token = self.tokens[user]
        with ThreadPoolExecutor(2) as tabs:
            both = [tabs.submit(self.request, "POST", "/api/refresh", None, token) for _ in range(2)]
        for answer in both:
            self.keep(user, *answer.result())
        time.sleep(self.random.uniform(0.2, 0.6))
        self.request("POST", "/api/refresh", token=token)

    def impatient_login(self, at: float) -> None:
        """A phone with an old password tries again and again."""
        if at >= ONSET and self.errors["RateLimitExceeded"] >= wanted("RateLimitExceeded", at):
            return
        body = {"email": email(self.flaky_user()), "password": "last year's"}
        for _ in range(5 + self.random.choice((2, 3, 3, 4))):
            self.request("POST", "/api/login", body)
            time.sleep(self.random.uniform(0.05, 0.25))

    def as_user(self, method: str, path: str, user: int) -> tuple[int, dict[str, Any]]:
        """A request with the user's token."""
        return self.request(method, path, token=self.tokens[user])

    def request(
        self, method: str, path: str, body: dict[str, str] | None = None, token: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON of the answer; a 500 counts as the error that ``path`` is known for."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status == 500:
            known = {"/api/refresh": "TokenRefreshConflict", "/api/login": "RateLimitExceeded"}
            with self.guard:
                self.errors[known.get(path, "partner" if path == "/api/partner" else "DatabaseTimeout")] += 1
        return answer.status, json.loads(text) if answer.status == 200 else {}

    def keep(self, user: int, status: int, answer: dict[str, Any]) -> None:
        """From now on ``user`` has the token of ``answer``, if it has one."""
        if status == 200:
            self.tokens[user] = answer["token"]

    def steady_user(self) -> int:
        return FIRST_USER + FLAKY + self.random.randrange(USERS - FLAKY)

    def flaky_user(self) -> int:
        return FIRST_USER + 1 + self.random.randrange(FLAKY - 1)


def email(user: int) -> str:
    """The address of a seeded user."""
    return f"user{user - FIRST_USER + 1}@example.com"


def assertion(user: int, key: str) -> str:
    """What a partner sends."""
    claims = {"email": email(user), "aud": "auth-service", "exp": int(time.time()) + 60}
    return jwt(claims, key, kid="northwind")


def jwt(claims: dict[str, Any], key: str, **header: str) -> str:
    """A JSON Web Token signed with HMAC-SHA-256 (RFC 7519, RFC 7515)."""
    parts = [{"alg": "HS256", "typ": "JWT"} | header, claims]
    signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{signed}.{base64url(hmac.digest(key.encode(), signed.encode(), hashlib.sha256))}"


def base64url(data: bytes) -> str:
    """Base 64 with the URL's alphabet, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
