"""What a plan yields: work for the engine to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Chunk:
    """CPU work for a worker process: a module-level function and picklable arguments; it returns a list.

    Keep the arguments to 64 kB and the work to 250 ms where it can be: streaming is many chunks, cancelling is killing
    one. ``timeout`` is in seconds. :class:`Report` values in the list are shown at once; the others wait for ``fold``.
    ``anywhere`` says that it names nothing but files that the question or ``Host.scratch`` names: then it may run on
    another machine that shares them. ``soon`` is for short work that a person waits for: it goes before what others
    queued, by a worker that does not stand back on a busy machine.
    """

    function: Callable[..., list[Any]]
    args: tuple[Any, ...] = ()
    timeout: float = 30.0
    anywhere: bool = False
    soon: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """What a command left: bytes of both streams (each cut at 16 MiB, then ``truncated``), its exit code.

    A negative exit code is a signal's number.
    """

    argv: tuple[str, ...]
    exit_code: int
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A program for the engine to run, in a process group of its own. ``argv`` is a list, never a shell line.

    ``parse`` turns the output into a list of results and runs in a worker process, so it is a module-level function.
    ``cwd`` empty means a neutral directory outside any repository. ``executes`` says that it runs code of the
    repository (tests, its tools): then it needs the user's trust. ``spool`` names a file (see ``Host.scratch``) that
    standard output goes to, however much it is, instead of into the Output; ``merged`` sends standard error there too.
    ``writes`` are absolute folders: where some are given it can write nowhere else, if the system can confine it.
    """

    argv: tuple[str, ...]
    parse: Callable[[Output], list[Any]]
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    timeout: float = 60.0
    executes: bool = False
    spool: str = ""
    merged: bool = False
    writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Results that the plan has already (git's answers, say): they go on to ``fold`` as they are."""

    results: tuple[Any, ...]


Step = Chunk | Command | Known
