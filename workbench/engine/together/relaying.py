"""Passing a joiner on: to the socket of the account of this host that has the case open."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import IO, Any

from workbench.engine.options import Options
from workbench.engine.together.dial import by_socket
from workbench.engine.together.joining import mine
from workbench.engine.together.listening import sockets
from workbench.engine.together.wire import send


def relayed(greeting: dict[str, Any], options: Options, source: IO[bytes], out: IO[bytes]) -> bool:
    """Whether the case is another account's and was served by it, until either side ended. Raises StoreError."""
    case = str(greeting.get("case", ""))
    if mine(case, options):
        return False
    found = next(sockets(case), None) if case else None
    if found is None:
        return False
    try:
        ends = by_socket(found[0])(False)
    except OSError:
        return False
    send(ends.out, greeting)

    def onward() -> None:
        _pass_on(source, ends.out)
        ends.close()

    threading.Thread(target=onward, name="workbench-relay", daemon=True).start()
    _pass_on(ends.source, out)
    return True


def _pass_on(source: IO[bytes], out: IO[bytes]) -> None:
    with suppress(OSError, ValueError):
        while line := source.readline(1 << 20):
            out.write(line)
            out.flush()
