"""The service as a client sees it: requests and answers, and a count of what went wrong."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.client import HTTPConnection
from typing import Any

Answer = tuple[int, dict[str, Any]]
"""Status, and the JSON of an answer with status 200."""

KNOWN = {
    "/api/login": "RateLimitExceeded",
    "/api/partner": "InvalidSignatureError",
    "/api/refresh": "TokenRefreshConflict",
}
"""What a 500 of each path stands for; elsewhere it is a DatabaseTimeout."""


class Api:
    """Requests to the server at ``port`` of the loopback interface; ``errors`` counts the 500s by kind."""

    def __init__(self) -> None:
        self.port = 0
        self.errors: Counter[str] = Counter()
        self.guard = threading.Lock()

    def get(self, path: str, token: str = "") -> Answer:
        """GET ``path``, as the holder of ``token``."""
        return self.request("GET", path, None, token)

    def post(self, path: str, body: dict[str, str] | None = None, token: str = "") -> Answer:
        """POST ``body`` as JSON to ``path``, as the holder of ``token``."""
        return self.request("POST", path, None if body is None else json.dumps(body), token)

    def request(self, method: str, path: str, body: str | None, token: str) -> Answer:
        """One request on a connection of its own. Raises OSError when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status == 500:
            with self.guard:
                self.errors[KNOWN.get(path, "DatabaseTimeout")] += 1
        return answer.status, json.loads(text) if answer.status == 200 else {}
