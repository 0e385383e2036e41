"""What an agent can ask of a case, and, where it may write, do with it. Imports mcp, and is imported for it alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from workbench import __version__
from workbench.analysis.playbooks import PlaybookError
from workbench.analysis.redact import redact
from workbench.case.codec import encode
from workbench.case.errors import GitError
from workbench.engine import documents
from workbench.engine.interpreter import NoInterpreterError
from workbench.engine.investigation import Question
from workbench.engine.proof.change import NoChangeError
from workbench.engine.proof.record import prove_change
from workbench.engine.runs import run_tests
from workbench.engine.session import Session
from workbench.engine.store.base import StoreError
from workbench.engine.store.journal import ReadOnlyError
from workbench.engine.times import parse_time

INSTRUCTIONS = """One investigation of a failing production: its question, the errors of the logs, where in the code
they come from, what changed before, causes with their evidence, tests, proofs and gates. Everything is computed and
cites its evidence by id; nothing here is a guess of a language model. Begin with read_case. A fix is proven when its
test is red without it, green with it, and red again when it alone is taken away: prove does that."""

PARTS = (
    "errors", "findings", "hypotheses", "changes", "files", "symbols", "patterns", "sources", "checks", "upstreams",
    "databases", "metrics", "map", "intake", "tests", "proofs", "gates", "pins", "comments",
)  # fmt: skip
LONGEST = 100_000
"""Characters of a question or of evidence that are taken."""

_P = ParamSpec("_P")
_Answer = dict[str, Any]
_REFUSED = (NoChangeError, NoInterpreterError, GitError, StoreError, ReadOnlyError, PlaybookError)


def server_of(session: Session, write: bool) -> MCPServer[Any]:
    """The server of one session; ``write`` adds the tools that run something or write into the record."""
    server: MCPServer[Any] = MCPServer("workbench", instructions=INSTRUCTIONS, version=__version__)
    _add_reading(server, session)
    if write:
        _add_writing(server, session)
    return server


def _add_reading(server: MCPServer[Any], session: Session) -> None:
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)

    @server.tool(annotations=reads)
    async def read_case(part: str = "", limit: int = 20, offset: int = 0) -> _Answer:
        """The case. Without a part: the question and how much there is of each part. With one: its items, best first,
        `limit` of them from `offset` on."""
        await session.idle()
        document = _document(session)
        if not part:
            kept = ("case", "question", "repo", "commit", "deployed", "tree", "onset", "impact", "thin", "thin_hint")
            return {key: document[key] for key in kept} | {"parts": {name: _size(document[name]) for name in PARTS}}
        if part not in PARTS:
            raise ToolError(f"there is no part {part}: {', '.join(PARTS)}")
        found = document[part]
        if not isinstance(found, list):
            return {"part": part, "value": found}
        return {"part": part, "of": len(found), "items": found[max(offset, 0) :][: max(limit, 0)]}

    @server.tool(annotations=reads)
    async def patterns(words: str = "", limit: int = 20) -> _Answer:
        """Templates of log records that belong together, most telling first; `words` must all stand in them."""
        await session.idle()
        wanted = words.lower().split()
        found = [each for each in session.views.patterns if all(word in each.template.lower() for word in wanted)]
        return {"of": len(found), "items": encode(found[: max(limit, 0)])}

    @server.tool(annotations=reads)
    async def search(text: str, limit: int = 50) -> _Answer:
        """Lines of the repository's files that hold `text`, as it is; secrets are masked."""
        try:
            said = await session.services.repository.git("grep", "-nIF", "--untracked", "-e", text, "--", ".")
        except GitError as error:
            if error.exit_code == 1:
                return {"of": 0, "items": []}
            raise ToolError(f"not searched: {error}") from error
        lines = said.decode("utf-8", "replace").splitlines()
        parted = (line.split(":", 2) for line in lines[: max(limit, 0)])
        items = [{"path": path, "line": int(line), "text": redact(code)[0][:400]} for path, line, code in parted]
        return {"of": len(lines), "items": items}


class _Writing:
    """Tools that run something or write: one at a time, and what is refused is said."""

    def __init__(self, server: MCPServer[Any], session: Session) -> None:
        self._server = server
        self._session = session
        self._turn = asyncio.Lock()

    def tool(self, work: Callable[_P, Coroutine[Any, Any, _Answer]]) -> Callable[_P, Coroutine[Any, Any, _Answer]]:
        """Offer ``work`` to agents."""

        @wraps(work)
        async def alone(*args: _P.args, **kwargs: _P.kwargs) -> _Answer:
            async with self._turn:
                try:
                    return await work(*args, **kwargs)
                except _REFUSED as error:
                    raise ToolError(str(error)) from error

        self._server.tool(annotations=ToolAnnotations(read_only_hint=False, open_world_hint=False))(alone)
        return alone

    def trusted(self) -> None:
        """Raises ToolError where code of the repository may not be run."""
        services = self._session.services
        if services.wheel.why_not:
            raise ToolError(services.wheel.why_not)
        if not services.options.trust and not services.trust.is_trusted(services.repository.root):
            raise ToolError("not run: the repository is not trusted; a person starts workbench mcp with --trust")


def _add_writing(server: MCPServer[Any], session: Session) -> None:
    writing = _Writing(server, session)
    tool, trusted = writing.tool, writing.trusted

    @tool
    async def investigate(question: str, logs: list[str] | None = None, since: str = "") -> _Answer:
        """Ask what is wrong, in plain words; `logs` are paths, globs or other sources, `since` a time (14:02, 2h)."""
        at = parse_time(since, datetime.now(UTC)) if since else None
        if since and at is None:
            raise ToolError(f"{since} is no time: 14:02, 30m, 2h, 3d or 2026-05-12T14:02Z")
        if logs and any(":" in each for each in logs):
            trusted()  # a location that runs a program
        await session.investigate(Question(question[:LONGEST], tuple(logs or ()), at))
        document = _document(session)
        return {"case": document["case"], "parts": {name: _size(document[name]) for name in PARTS}}

    @tool
    async def tests(tests: list[str] | None = None) -> _Answer:
        """Run the project's tests by their ids (FILE::NAME), or all of them; failures first, with their tracebacks."""
        trusted()
        run = await run_tests(session.services, tests or ())
        bad = [result for result in run.results if result.outcome.value not in ("passed", "skipped", "xfailed")]
        return {"status": run.status.value, "message": run.message, "tree": run.tree, "of": len(run.results),
                "not_green": encode(bad[:50])}  # fmt: skip

    @tool
    async def prove(tests: list[str] | None = None, fix: list[str] | None = None) -> _Answer:
        """Prove that the change in the working tree fixes what its tests show: red without it, green with it, red again
        with it taken away. Without `tests`, those that the change brings; `fix` names what cures, PATH or PATH:LINE."""
        trusted()
        return dict(encode(await prove_change(session.services, tests=tests or (), fix=fix or ())))

    @tool
    async def add_evidence(text: str, path: str = "", line: int = 0, ref: str = "") -> _Answer:
        """Pin evidence into the record: what was seen, and where; `ref` cites an error, change or test of the case."""
        if not text.strip():
            raise ToolError("evidence needs a text")
        await session.pin(text[:LONGEST], path, max(line, 0), ref)
        return {"pins": len(session.state.pins)}


def _document(session: Session) -> _Answer:
    """The whole case as the command line's documents have it."""
    state = session.state
    return documents.investigation(state, session.views, 0.0) | {
        "tests": encode(state.test_runs[-1:]),
        "proofs": encode(tuple(state.proofs.values())),
        "gates": encode(tuple(state.gates.values())),
        "pins": encode(state.pins),
        "comments": encode(state.comments),
    }


def _size(value: Any) -> int:
    return len(value) if isinstance(value, list | dict) else int(value is not None)
