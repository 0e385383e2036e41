"""How a session is to behave: flags, environment and the places it keeps its things."""

from __future__ import annotations

import getpass
import os
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbench.engine.store.base import StoreError
from workbench.engine.store.shelf import Shelf

TEAM = ("postgresql://", "postgres://")
"""How the address of a team's store begins."""

if TYPE_CHECKING:
    from workbench.engine.against import Wanted
    from workbench.engine.together.change import Brought


class Visit(Protocol):
    """A case that was joined where its repository is not: what it shows is brought."""

    @property
    def shelf(self) -> Shelf:
        """Where the case is."""
        ...

    @property
    def name(self) -> str:
        """Who we are there."""
        ...

    @property
    def checkout(self) -> bool:
        """Whether there is a checkout of the repository after all."""
        ...

    @property
    def barred(self) -> str:
        """Why nothing is ever executed here."""
        ...

    @property
    def readonly(self) -> str:
        """Why we may not write there; empty where we may."""
        ...

    @property
    def masked(self) -> int:
        """How many places of the case are masked for who joins, since an e-mail address stands there."""
        ...

    def bring_change(self, wanted: Wanted, known: tuple[str, str]) -> Brought:
        """The change as it is there, without its patch where it leads between the trees ``known``. Blocking."""
        ...

    def bring(self, path: str) -> None:
        """Have a file of the repository in the folder that stands for it. Blocking."""
        ...

    def bring_log(self) -> list[str]:
        """Have the log around what the case shows; gives the files. Blocking."""
        ...

    def forget(self) -> None:
        """What was brought of the repository is not true any more. Blocking."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """``data`` holds cases and trust, ``cache`` what can be made again; ``jobs`` worker processes at most.
    ``store`` is the address of a team's store, which then holds the cases; empty for none.

    ``memory`` bounds the address space of each worker in bytes, 0 for no bound. ``trust`` lets the repository's code
    run; ``foreign`` allows no more than to read a repository of another user; ``sarif`` names files of findings;
    ``visit`` is a case that was joined.
    """

    data: Path
    cache: Path
    jobs: int
    actor: str
    memory: int = 0
    case: str = ""
    trust: bool = False
    foreign: bool = False
    readonly: bool = False
    safe: bool = False
    sarif: tuple[str, ...] = ()
    config: Path | None = None
    store: str = ""
    visit: Visit | None = None


def from_arguments(arguments: Namespace) -> Options:
    """Options of the command line; flag before environment before default. Raises StoreError when the variable that
    shall hold the store's address does not: its cases must not come to lie elsewhere."""
    given = vars(arguments)
    store = _resolved(given.get("store") or os.environ.get("WORKBENCH_STORE") or "")
    team = store.startswith(TEAM)
    home = _home("XDG_DATA_HOME", ".local/share")
    return Options(
        data=Path(home if team or not store else store).expanduser(),
        store=store if team else "",
        cache=Path(os.environ.get("WORKBENCH_CACHE") or _home("XDG_CACHE_HOME", ".cache")).expanduser(),
        jobs=max(1, given.get("jobs") or os.cpu_count() or 1),
        memory=max(0, given.get("memory") or 0) << 20,
        actor=os.environ.get("WORKBENCH_ACTOR") or _user(),
        case=given.get("case", ""),
        trust=given.get("trust", False),
        foreign=given.get("foreign", False),
        readonly=given.get("readonly", False),
        safe=given.get("safe", False),
        sarif=tuple(str(Path(name).resolve()) for name in given.get("sarif", ())),
        visit=given.get("visit"),
        config=Path(given["config"]).expanduser() if given.get("config") else None,
    )


def _resolved(store: str) -> str:
    """``env:NAME`` is the address in that variable, so that no password stands in a command line."""
    if not store.startswith("env:"):
        return store
    if address := os.environ.get(store[4:]):
        return address
    raise StoreError(f"the variable {store[4:]}, which holds the address of the store, is not set")


def _home(variable: str, fallback: str) -> str:
    return str(Path(os.environ.get(variable) or Path.home() / fallback) / "workbench")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
