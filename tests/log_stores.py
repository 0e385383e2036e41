"""A store of logs that is asked over HTTP, on loopback."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from tests import servers


class Store(servers.Quiet):
    """Speaks as much of Loki's query API as a reader needs."""

    entries: ClassVar[list[tuple[int, str]]] = []
    asked: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        """Entries of the range, oldest first, as many as were asked for."""
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        self.asked.append(query)
        start, end, limit = (int(query[name][0]) for name in ("start", "end", "limit"))
        values = [[str(at), text] for at, text in self.entries if start <= at < end][:limit]
        body = json.dumps(
            {"data": {"resultType": "streams", "result": [{"stream": {"app": "shop"}, "values": values}]}}
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())


class Closed(Store):
    """Answers nobody but Ann."""

    def do_GET(self) -> None:
        """A store behind basic authentication."""
        if self.headers["Authorization"] == f"Basic {base64.b64encode(b'ann:s3cret/word').decode()}":
            super().do_GET()
        else:
            self.send_error(401)


@contextmanager
def serving(store: type[Store]) -> Iterator[str]:
    """The address of a store with 7,000 lines, three at a time: the first page ends between two of one moment."""
    now = time.time_ns()
    Store.entries = [(now - (2334 - n // 3) * 1_000_000, f'level=error msg="boom {n}" user=7') for n in range(7000)]
    Store.asked = []
    with servers.serving(store) as address:
        yield address
