"""The test accounts: who signs in how, and what a token does."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from workbench_server.drive.client import Answer, Request, Where, send

DEFAULT_LIFETIME = 24 * 3600.0
"""Seconds after which a token that does not say so itself is taken for expired."""


class NotConfiguredError(Exception):
    """The settings do not say what this probe needs; the message names it."""


class Accounts:
    """The accounts of one side. Sign-ins are spread over them, since servers limit them."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._users: list[Mapping[str, Any]] = list(settings.get("users", ()))
        self._used = [0] * len(self._users)
        self._attempts = int(settings.get("attempts", 0))

    def need(self, *names: str) -> None:
        """Raises NotConfiguredError unless the settings have all of them."""
        for name in names:
            if not self._settings.get(name):
                raise NotConfiguredError(f"accounts.{name} is not set")

    @property
    def attempts(self) -> int:
        """Sign-ins that are allowed before the limit answers; 0 where that is not known."""
        return self._attempts

    @property
    def last(self) -> Mapping[str, Any]:
        """The account on which limits are tried: no other probe uses it."""
        return self._users[-1]

    def sign_in_request(self, user: Mapping[str, Any]) -> Request:
        """The request with which ``user`` signs in."""
        login = self._settings["login"]
        body = {key: str(value).format(**user) for key, value in login.get("json", {}).items()}
        return Request(login.get("method", "POST"), login["path"], body)

    def sign_in(self, port: Where, other_than: Mapping[str, Any] | None = None) -> tuple[Mapping[str, Any], str]:
        """An account with room for one more sign-in, and a new token of it. Raises NotConfiguredError when there is
        none or it is refused."""
        self.need("login", "users")
        free = [at for at in range(len(self._users) - 1) if self._users[at] is not other_than]
        if not free:
            raise NotConfiguredError("accounts.users has too few accounts")
        at = min(free, key=lambda each: self._used[each])
        if self._attempts and self._used[at] >= self._attempts:
            raise NotConfiguredError("every account has used its sign-ins: name more in accounts.users")
        self._used[at] += 1
        answer = send(port, self.sign_in_request(self._users[at]))
        token = answer.field(self._settings["login"].get("token", "token"))
        if not answer.good or not isinstance(token, str):
            raise NotConfiguredError(f"sign-in of a test account answered {answer.status or answer.error}")
        return self._users[at], token

    def identity(self, port: Where, token: str) -> Answer:
        """Ask who the token belongs to."""
        self.need("identity")
        asked = self._settings["identity"]
        return send(port, Request(asked.get("method", "GET"), asked["path"], token=token))

    def is_of(self, answer: Answer, user: Mapping[str, Any]) -> bool:
        """Whether a granted answer names ``user``."""
        name = self._settings["identity"]["field"]
        return bool(answer.field(name) == user.get(name.rpartition(".")[2]))

    def refresh(self, port: Where, token: str) -> tuple[Answer, str]:
        """Exchange the token; the new one is empty when that was refused."""
        self.need("refresh")
        asked = self._settings["refresh"]
        answer = send(port, Request(asked.get("method", "POST"), asked["path"], json={}, token=token))
        new = answer.field(asked.get("token", "token")) if answer.good else None
        return answer, new if isinstance(new, str) else ""

    def log_out(self, port: Where, token: str) -> Answer:
        """End the token."""
        self.need("logout")
        asked = self._settings["logout"]
        return send(port, Request(asked.get("method", "POST"), asked["path"], json={}, token=token))

    def lifetime(self, token: str) -> float:
        """Seconds until the token is over: what it says itself as a JWT (RFC 7519, ``exp``), else a day."""
        try:
            payload = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return float(claims["exp"]) - time.time()
        except (ValueError, IndexError, KeyError, TypeError):
            return DEFAULT_LIFETIME
