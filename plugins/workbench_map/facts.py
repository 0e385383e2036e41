"""What one Python file says that the map is made of. Plain values: they cross processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its dotted name (resolved through imports, variables by their class), its line, what is caught around
    it, its first text (of a request, where it goes), and the dotted names of the classes that it is handed."""

    name: str
    line: int
    caught: frozenset[str]
    text: str = ""
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Throw:
    """A ``raise`` of the class with this last name; ``translates``: it stands in a handler of another error."""

    name: str
    line: int
    caught: frozenset[str]
    translates: bool
    source: str


@dataclass(frozen=True, slots=True)
class Fn:
    """A function. ``handles`` counts its except clauses, ``swallows`` those that neither raise nor use the error nor
    answer; ``asks`` are the classes that its isinstance tests name; ``read``: it is a property; ``action`` is what an
    action of a view set adds to its path."""

    qualname: str
    line: int
    end_line: int
    calls: tuple[Call, ...]
    throws: tuple[Throw, ...]
    handles: int
    swallows: int
    asks: frozenset[str]
    read: bool = False
    action: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """An entry point: ``label`` as a person writes it, ``target`` the dotted name of what serves it.

    ``kind``: route, include (``target`` is a module of further routes), task, command. ``group`` is the dotted name of
    the router or blueprint that it belongs to, empty where it belongs to none.
    """

    label: str
    target: str
    kind: str
    line: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """A group of routes: declared (``owner`` is empty) or mounted on ``owner``, under ``prefix``; ``replaces``: in
    the place of the one it was declared with. ``needs`` are the dotted names that each of its routes depends on,
    ``kind`` the dotted name of the class that a declared group is of. A name in ``prefix`` stands between NULs."""

    group: str
    owner: str
    prefix: str
    replaces: bool
    needs: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file. ``classes`` pairs a class with its bases' dotted names; ``answered`` are the exception classes that a
    handler is registered for; ``middleware`` is the list of the settings, in order; ``constants`` are names of paths
    (``/api``) in the module and its classes. ``bodies`` are classes that declare what they serve (``queryset``,
    ``model``); ``kinds`` pairs variables of the module, ``Class.attribute`` and functions with their dotted class."""

    path: str
    module: str
    functions: tuple[Fn, ...]
    routes: tuple[Route, ...]
    classes: tuple[tuple[str, tuple[str, ...]], ...]
    middleware: tuple[str, ...]
    answered: frozenset[str]
    mounts: tuple[Mount, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    bodies: tuple[Fn, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
