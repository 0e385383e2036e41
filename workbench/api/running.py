"""Test runners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from workbench.case.testing import TestEvent


@dataclass(frozen=True, slots=True)
class TestRequest:
    """Tests to run in ``root`` (an absolute path): all when ``tests`` is empty.

    ``packages`` are the project's top-level import names, ``import_roots`` the folders of ``root`` that go first on the
    import path, ``home_tree`` the user's own tree when ``root`` is another one. ``cache`` is a folder that outlives the
    run ("" for none).
    """

    __test__ = False

    root: str
    interpreter: str
    events: str
    tests: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    import_roots: tuple[str, ...] = ()
    home_tree: str = ""
    cache: str = ""
    collect_only: bool = False
    coverage: bool = False
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestCommand:
    """How to run them: argv, working directory, what to add to the environment."""

    __test__ = False

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(default_factory=dict)


class Runner(Protocol):
    """Runs tests of one framework. Its events come as lines: of the file ``request.events``, or of standard output when
    ``events_on_stdout``. ``framework`` is the module that the interpreter must have, "" for none but the standard
    library."""

    events_on_stdout: bool
    framework: str

    def applies(self, root: str) -> str:
        """Why there is nothing for it in ``root``, or the empty string."""
        ...

    def command(self, request: TestRequest) -> TestCommand:
        """The command for these tests."""
        ...

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line; an empty list for a line that is none."""
        ...


@runtime_checkable
class WarmRunner(Runner, Protocol):
    """A runner that has a server: it imports ``preload``, in that order (``_asyncio`` before ``asyncio`` would not know
    which task runs), takes requests as JSON lines, and forks a process for each run, which gives the same events as a
    cold one."""

    def server(self, request: TestRequest, preload: Sequence[str]) -> TestCommand:
        """The command of the server."""
        ...


@runtime_checkable
class SwappingRunner(WarmRunner, Protocol):
    """A warm runner whose server can keep a template: a process that has collected all tests, off which runs are forked
    with the bodies of functions as they are now."""

    def template(self, request: TestRequest) -> TestCommand:
        """The command of the template."""
        ...


class EventReader(Protocol):
    """Reads what one run of a foreign tool writes, where a line means something only together with others."""

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The events that are known with this line, without its end."""
        ...

    def end(self) -> Sequence[TestEvent]:
        """The events that are known now that the tool has ended; ``finished`` among them when its output is whole."""
        ...


@runtime_checkable
class ReadingRunner(Runner, Protocol):
    """A runner of another tool's own output: a reader for each run takes the place of ``parse``."""

    def reader(self, request: TestRequest) -> EventReader:
        """A reader for the run of ``request``."""
        ...
