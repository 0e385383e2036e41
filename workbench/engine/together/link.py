"""The joiner's side of a connection: requests and their answers, news as they come, dialled again when it is lost."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from workbench.case.enums import Role
from workbench.case.state import FOLD_VERSION
from workbench.engine.store.base import StoreError, WriteRefusedError
from workbench.engine.store.snapshots import Snapshot
from workbench.engine.together.log import Log
from workbench.engine.together.wire import PROTOCOL, WireError, events_of, number_of, receive, released, send, text_of

PATIENCE = 20.0
"""Seconds after which a request that has no answer means that the link is lost."""


@dataclass(frozen=True)
class Ends:
    """An open connection: what comes, what goes, how to let go of it, and what was said beside when it failed."""

    source: IO[bytes]
    out: IO[bytes]
    close: Callable[[], None]
    said: Callable[[], str] = lambda: ""


Dial = Callable[[bool], Ends]
"""Opens a connection; True: a person waits at the terminal and may be asked for a password. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the serving side says of who joined: the case, their id, name and role there, and the brief; ``masked`` is
    how many e-mail addresses are masked for them."""

    case: str = ""
    you: str = ""
    name: str = ""
    role: Role = Role.VIEWER
    brief: tuple[str, ...] = ()
    notice: str = ""
    masked: int = 0


@dataclass
class _Line:
    """One connection while it lasts."""

    ends: Ends
    waiting: dict[int, Future[dict[str, Any]]] = field(default_factory=dict)
    lost: str = ""


class Link:
    """``greeting`` is sent whenever it is dialled. May be used from any thread; ``woken`` is called when there is news,
    ``greeted`` when we are let in, before the case has come.

    ``log`` is what came of the journal and ``welcome`` what the last greeting was answered with; ``barred`` says why no
    more dialling helps; ``masked`` is how many places of what came since that greeting, and of the case, are masked.
    """

    def __init__(self, dial: Dial, greeting: dict[str, Any]) -> None:
        self.log = Log()
        self.welcome = Welcome()
        self.barred = ""
        self.masked = 0
        self.woken: Callable[[], None] = lambda: None
        self.greeted: Callable[[Welcome], None] = lambda welcome: None
        self._dial = dial
        self._greeting = greeting | {"hello": PROTOCOL, "fold": FOLD_VERSION}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._line: _Line | None = None
        self._dialling = False
        self._closed = False
        self._why = "not connected yet"

    @property
    def up(self) -> bool:
        """Whether there is a connection, as far as is known."""
        line = self._line
        return line is not None and not line.lost

    @property
    def why(self) -> str:
        """Why there is no connection."""
        line = self._line
        return (line.lost if line is not None else "") or self._why

    def open(self, asking: bool = False) -> Welcome:
        """Dial and greet; the case is known when this returns. Raises StoreError."""
        try:
            line = _Line(self._dial(asking))
        except OSError as error:
            raise StoreError(f"it cannot be reached: {error.strerror or error}") from error
        try:
            send(line.ends.out, self._greeting | {"after": self.log.end})
            answer = receive(line.ends.source)
            if answer is None:
                raise StoreError(line.ends.said() or "the other side ended without a word")
            if "error" in answer:
                self.barred = str(answer["error"]) if answer.get("kind") == "refused" else ""
                raise StoreError(str(answer["error"]))
            self.welcome = _welcomed(answer)
            self.masked = self.welcome.masked
            self.greeted(self.welcome)
            self._begin(receive(line.ends.source) or {})
        except (OSError, ValueError, WireError) as error:
            line.ends.close()
            raise StoreError(line.ends.said() or f"the other side is no workbench: {error}") from error
        except StoreError:
            line.ends.close()
            raise
        self._line = line
        threading.Thread(target=self._listen, args=(line,), name="workbench-link", daemon=True).start()
        return self.welcome

    def again(self) -> None:
        """Dial again, in the background, unless that is being done or is of no use."""
        with self._lock:
            if self._dialling or self._closed or self.barred or self.up:
                return
            self._dialling = True
        threading.Thread(target=self._redial, name="workbench-dial", daemon=True).start()

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """The answer to a request. Raises StoreError where there is no link, WriteRefusedError and KeyError."""
        line = self._line
        if line is None or line.lost:
            raise StoreError(self.why)
        number, answer = next(self._numbers), Future[dict[str, Any]]()
        line.waiting[number] = answer
        try:
            with self._lock:
                send(line.ends.out, {"n": number, "do": do, **given})
            told = answer.result(PATIENCE)
        except (OSError, ValueError, Late) as error:
            self._lose(line, "the link is lost")
            raise StoreError(self.why) from error
        finally:
            line.waiting.pop(number, None)
        if "error" not in told:
            return told
        if told.get("kind") == "missing":
            raise KeyError(str(told["error"]))
        raise (WriteRefusedError if told.get("kind") == "refused" else StoreError)(str(told["error"]))

    def close(self) -> None:
        """Let go."""
        self._closed = True
        if self._line is not None:
            self._lose(self._line, "closed")

    def _begin(self, told: dict[str, Any]) -> None:
        found = told.get("snapshot")
        if isinstance(found, dict):
            self.log.begin(
                Snapshot(number_of(found, "fold"), number_of(found, "seq"), released(text_of(found, "state")))
            )
        self.log.add(events_of(told), number_of(told, "last"))

    def _listen(self, line: _Line) -> None:
        why = "the link is lost"
        with suppress(OSError, ValueError, WireError):
            while (message := receive(line.ends.source)) is not None:
                if "bye" in message:
                    self.barred = why = str(message["bye"])
                    break
                self.masked += number_of(message, "masked")
                if "news" in message:
                    self.log.add(events_of({"events": message["news"]}), number_of(message, "last"))
                    self.woken()
                elif waiting := line.waiting.get(number_of(message, "n")):
                    waiting.set_result(message)
        self._lose(line, why)

    def _lose(self, line: _Line, why: str) -> None:
        line.lost = line.lost or why
        line.ends.close()
        for waiting in tuple(line.waiting.values()):
            with suppress(InvalidStateError):
                waiting.set_exception(OSError(why))
        self.woken()

    def _redial(self) -> None:
        try:
            self.open()
            self.woken()
        except StoreError as error:
            self._why = str(error)
        finally:
            self._dialling = False


def _welcomed(answer: dict[str, Any]) -> Welcome:
    brief = tuple(str(line) for line in answer.get("brief") or ())
    case, you, name = (text_of(answer, each) for each in ("case", "you", "name"))
    return Welcome(
        case,
        you,
        name,
        Role(text_of(answer, "role")),
        brief,
        text_of(answer, "notice", ""),
        number_of(answer, "masked"),
    )
