"""Waking a journal when somebody else wrote: a thread that listens to the server."""

from __future__ import annotations

import threading
from collections.abc import Callable

AGAIN = 1.0
"""Seconds to the next try of a listener that lost its server, and between two looks at whether it is to stop."""


def listen(url: str, channel: str, wake: Callable[[], None]) -> Callable[[], None]:
    """Call ``wake`` on a thread whenever ``channel`` is notified, and when listening began; gives the way to stop.

    A notification is a hint: equal ones collapse and who listens late gets none. The journal looks every second too.
    """
    stop = threading.Event()
    threading.Thread(target=_run, args=(url, channel, wake, stop), name="workbench-listener", daemon=True).start()
    return stop.set


def _run(url: str, channel: str, wake: Callable[[], None], stop: threading.Event) -> None:
    import psycopg
    from psycopg import sql

    while not stop.is_set():
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5, application_name="workbench") as db:
                db.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                wake()
                while not stop.is_set():
                    for _ in db.notifies(timeout=AGAIN, stop_after=1):
                        wake()
        except psycopg.Error:
            stop.wait(AGAIN)
