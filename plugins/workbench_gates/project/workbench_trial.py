"""The trial of migrations, whatever makes them: forward while something reads and writes, back, forward again.

Runs under the project's interpreter, beside the script that knows the project's kit. Standard library only. A kit has
``vendor`` and ``tool``; ``drift()``, ``lost()`` and ``sql()`` say what the figures cannot; ``go(side)`` migrates to
``before`` or ``after`` and gives (seconds, why it failed); ``fill()`` gives rows by table, ``unfilled`` says why some
have none; ``touched()`` names the tables that are acted on; ``target(table)`` gives its quoted name, a column and a key
column; ``connect()`` gives a DB-API connection for the calling thread.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing, suppress
from typing import Any

PAUSE = 0.002
"""Seconds between two questions of the probe."""

FILLED = 500
"""Rows of a table of which nothing is said."""

READY = 30.0
"""Seconds in which each question of the probe must have been answered once; what it costs to connect is no stall."""


class Probe:
    """Reads and writes one row of a table over and over, from connections of its own: the longest wait of each."""

    def __init__(self, connect: Any, table: str, column: str, key: str) -> None:
        self.longest = {"read": 0.0, "write": 0.0}
        self.errors: dict[str, str] = {}
        self.n = {"read": 0, "write": 0}
        self._connect = connect
        self._stop = threading.Event()
        sql = {
            "read": f"SELECT {column} FROM {table} WHERE {key} = 1",
            "write": f"UPDATE {table} SET {column} = {column} WHERE {key} = 1",
        }
        self._ready = {what: threading.Event() for what in sql}
        self._threads = [threading.Thread(target=self._ask, args=item, daemon=True) for item in sql.items()]

    def __enter__(self) -> Probe:
        for thread in self._threads:
            thread.start()
        for ready in self._ready.values():
            ready.wait(READY)
            ready.set()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(0.05)
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self, what: str, sql: str) -> None:
        connection = self._connect()
        waiting_since = 0.0
        while not (self._stop.is_set() and self.n[what]):
            began = waiting_since or time.perf_counter()
            try:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(sql)
                    if what == "read":
                        cursor.fetchall()
                connection.commit()
                waiting_since = 0.0
            except Exception as error:  # noqa: BLE001 - a lock that times out is a wait that goes on
                waiting_since = began
                self.errors[what] = f"{type(error).__name__}: {error}"
                with suppress(Exception):
                    connection.close()
                connection = self._connect()
            if self._ready[what].is_set():
                self.longest[what] = max(self.longest[what], time.perf_counter() - began)
                self.n[what] += 1
            elif not waiting_since:
                self._ready[what].set()
            time.sleep(PAUSE)
        with suppress(Exception):
            connection.close()


def tried(kit: Any) -> dict[str, Any]:
    """Forward under the probe, back, forward again."""
    said: dict[str, Any] = {
        "vendor": kit.vendor,
        "tool": kit.tool,
        "drift": "",
        "lost": kit.lost(),
        "sql": kit.sql(),
    }
    _, problem = kit.go("before")
    if problem:
        return {**said, "problem": f"the schema before could not be made: {problem}"}
    said["rows"], said["unfilled"] = kit.fill(), kit.unfilled
    said["tables"] = kit.touched()
    there = [table for table in said["tables"] if table in said["rows"]]
    if not there:
        said["forward"], said["forward_problem"] = kit.go("after")
    else:
        table = max(there, key=lambda each: said["rows"][each])
        with Probe(kit.connect, *kit.target(table)) as probe:
            said["forward"], said["forward_problem"] = kit.go("after")
        said["stall"], said["probed"], said["errors"] = probe.longest, probe.n, probe.errors
        said["probe_table"] = table
    said["drift"] = kit.drift()
    if not said["forward_problem"]:
        said["back"], said["back_problem"] = kit.go("before")
        if not said["back_problem"]:
            said["again"], said["again_problem"] = kit.go("after")
    return said
