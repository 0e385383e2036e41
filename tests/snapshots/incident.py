"""A case with everything in it, on the demo's repository: journaled by hand, so that it looks the same every time."""

from __future__ import annotations

import secrets
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.written import write_demo_repository
from workbench.analysis.ranking import Ranking
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.model import (
    CauseClass,
    CauseStatus,
    Change,
    ChangeKind,
    Check,
    CheckStatus,
    Evidence,
    Finding,
    Frame,
    Hotspot,
    Hypothesis,
    Impact,
    Level,
    LogError,
    MapEdge,
    MapNode,
    Onset,
    Pattern,
    Severity,
    Signal,
    SourceFacts,
    Trend,
    Variant,
)
from workbench.case.state import Report
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

QUESTION = "500s on login, intermittently"
AT = datetime(2026, 5, 12, 14, 2, 11, tzinfo=UTC)
END = datetime(2026, 5, 12, 14, 31, 9, tzinfo=UTC)
OF = "175 unhandled 500s"


def _error(ident: str, kind: str, message: str, trend: Trend, count: int, **more: object) -> LogError:
    return LogError(ident, kind, message, trend, count, count / 175, OF, fingerprint=f"fp-{ident}", **more)


CONFLICT = _error(
    "e1",
    "TokenRefreshConflict",
    "token 8841 was refreshed before",
    Trend.NEW,
    42,
    onset=AT,
    first_seen=AT,
    last_seen=END,
    frames=(
        Frame("django/core/handlers/base.py", 197, "_get_response"),
        Frame("accounts/views.py", 64, "refresh", mapped=True),
        Frame("accounts/tokens.py", 49, "refresh", mapped=True),
    ),
    variants=(
        Variant(
            "raised in refresh",
            42,
            'Traceback (most recent call last):\n  File "/srv/auth/accounts/views.py", line 64, in refresh\n'
            '    token = tokens.refresh(key)\n  File "/srv/auth/accounts/tokens.py", line 49, in refresh\n'
            '    raise TokenRefreshConflict(f"token {token.pk} was refreshed before")\n'
            "accounts.errors.TokenRefreshConflict: token 8841 was refreshed before",
        ),
    ),
    patterns=("p1",),
    sparkline=(0, 0, 0, 9, 14, 19),
    endpoints=(("POST /api/refresh", 42),),
    why="same type, and the same deepest frame of this repository",
)
ERRORS = (
    CONFLICT,
    _error(
        "e2",
        "DatabaseTimeout",
        "token lookup timed out",
        Trend.RISEN,
        64,
        factor=9.2,
        onset=AT,
        first_seen=AT - timedelta(days=2),
        frames=(Frame("accounts/middleware.py", 56, "get_token", mapped=True),),
        cause="OperationalError: database is locked",
        sparkline=(1, 1, 2, 17, 22, 21),
        patterns=("p2",),
    ),
    _error(
        "e3",
        "RateLimitExceeded",
        "11 attempts",
        Trend.RISEN,
        40,
        factor=3.1,
        frames=(Frame("accounts/limits.py", 19, "check", mapped=True),),
        sparkline=(3, 4, 5, 9, 10, 9),
    ),
    _error("e4", "InvalidToken", "Signature verification failed", Trend.AS_ALWAYS, 26, sparkline=(4, 5, 4, 4, 5, 4)),
    _error("e5", "UnicodeDecodeError", "invalid start byte", Trend.AS_ALWAYS, 3),
)


def _finding(ident: str, path: str, lines: tuple[int, int], rule: str, message: str, severity: Severity) -> Finding:
    return Finding(ident, path, lines[0], lines[1], rule, message, severity, "rules", f"fp-{ident}")


FINDINGS = (
    _finding("f1", "accounts/tokens.py", (47, 54), "WB101", "reads, tests, then writes with no lock", Severity.ERROR),
    _finding("f2", "accounts/middleware.py", (56, 56), "WB102", "a timeout becomes a 500, not a 503", Severity.ERROR),
    _finding("f3", "accounts/views.py", (27, 27), "WB103", "RateLimitExceeded is not handled here", Severity.WARNING),
    _finding("f4", "config/settings.py", (31, 31), "B105", "possible hardcoded password: '[red]x'", Severity.INFO),
)
PATTERNS = (
    Pattern("p1", "TokenRefreshConflict token <*> was refreshed before", Level.ERROR, 42, 0.24, OF, trend=Trend.NEW),
    Pattern("p2", "Internal Server Error: /api/<*>", Level.ERROR, 175, 0.05, "3508 records", trend=Trend.RISEN),
    Pattern("p3", "slow transaction <*> s", Level.WARNING, 61, 0.02, "3508 records", trend=Trend.RISEN),
    Pattern("p4", "POST /api/refresh 200 user=<*>", Level.INFO, 2210, 0.63, "3508 records", trend=Trend.AS_ALWAYS),
)
CHANGES = (
    Change("c1", AT - timedelta(minutes=5), ChangeKind.DEPLOY, "r412, 14 commits", "432ba70c", score=0.9),
    Change(
        "c2",
        AT - timedelta(minutes=40),
        ChangeKind.COMMIT,
        "Fail fast: database timeout 5 s -> 1 s, pool 20 -> 4",
        "432ba70c",
        "Ines",
        ("config/settings.py",),
        0.8,
        (Signal("suspect", 0.8, "touches the timeout that is exceeded"),),
    ),
    Change(
        "c3",
        AT - timedelta(days=2),
        ChangeKind.COMMIT,
        "Faster refresh: drop the row lock",
        "1145359b",
        "Tomas",
        ("accounts/tokens.py",),
        0.7,
        (Signal("suspect", 0.7, "changed line 47, where 42 errors end"),),
    ),
)
CAUSES = (
    Hypothesis(
        "h1",
        "Refresh race: two requests exchange one token",
        CauseClass.CODE,
        CauseStatus.PROPOSED,
        0.62,
        (
            Evidence("f1", "rule WB101 at tokens.py:47", "accounts/tokens.py", 47),
            Evidence("e1", "42 errors pass line 49", "accounts/tokens.py", 49),
            Evidence("p4", "two 200s for one user in 3 ms"),
            Evidence("c3", "1145359 removed the row lock"),
        ),
        (Evidence("c3", "the errors began 2 days after it"),),
        "10 refreshes at once: one may win",
        "accounts/tokens.py",
        47,
    ),
    Hypothesis(
        "h2",
        "Pool cut 20 → 4",
        CauseClass.CONFIGURATION,
        CauseStatus.SUPPORTED,
        0.71,
        (
            Evidence("c2", "the timeouts began with it"),
            Evidence("p3", "61 slow transactions"),
            Evidence("e2", "64 timeouts"),
        ),
        (),
        "raise the pool to 20 on one host",
        "config/settings.py",
        40,
    ),
    Hypothesis(
        "h3",
        "Clock skew between hosts",
        CauseClass.PLATFORM,
        CauseStatus.REFUTED,
        0.05,
        (),
        (Evidence("p4", "both hosts agree within 2 ms"), Evidence("e4", "bad signatures are as always")),
    ),
)
NODES = (
    MapNode("n1", "POST /api/refresh", "entry"),
    MapNode("n2", "TokenMiddleware", "middleware", "accounts/middleware.py", 24),
    MapNode("n3", "views.refresh", "function", "accounts/views.py", 62),
    MapNode("n4", "tokens.refresh", "function", "accounts/tokens.py", 45),
    MapNode("n5", "table accounts_token", "table"),
)
EDGES = (MapEdge("n1", "n2", 175), MapEdge("n2", "n3", 42), MapEdge("n3", "n4", 42), MapEdge("n4", "n5"))
SOURCES = (SourceFacts("logs/production.log", ("web-1", "web-2"), AT - timedelta(minutes=32), END, 3508, 4120),)
REPORTS = {
    "logs": Report(
        "3508 records of 4120 lines, 5 errors",
        errors=ERRORS,
        patterns=PATTERNS,
        sources=SOURCES,
        onset=Onset(AT, AT - timedelta(minutes=1), AT + timedelta(minutes=1)),
        impact=Impact(175, 1389, 0.126, "requests", 88, True, (1, 2, 2, 14, 19, 21)),
    ),
    "rules": Report("3 rules over 29 Python files", findings=FINDINGS),
    "history": Report("24 commits", changes=CHANGES),
    "causes": Report("3 causes from 12 pieces of evidence", hypotheses=CAUSES, nodes=NODES, edges=EDGES),
}


def _spot(path: str, score: float, caption: str, *signals: Signal) -> Hotspot:
    return Hotspot(path, score, signals, caption=caption)


RANKING = Ranking(
    files=(
        _spot(
            "accounts/tokens.py",
            9.1,
            "issue, refresh, verify",
            Signal("frames", 4.2, "42 errors end in refresh, line 49", ("e1",)),
            Signal("rule", 2.1, "WB101: reads, tests, then writes with no lock", ("f1",)),
            Signal("history", 1.6, "changed 2 days ago by 1145359"),
            Signal("words", 1.2, "the question's words: token, refresh"),
        ),
        _spot("accounts/middleware.py", 7.4, "JWT check", Signal("frames", 5.0, "64 errors end in get_token", ("e2",))),
        _spot("accounts/views.py", 5.2, "login, refresh", Signal("words", 2.0, "the question's words: login")),
        _spot("config/settings.py", 4.4, "pool, secrets", Signal("history", 3.0, "changed 45 minutes before")),
        _spot("accounts/limits.py", 3.9, "rate limiter", Signal("frames", 3.0, "40 errors end in check", ("e3",))),
        _spot("accounts/models.py", 2.3, "User, Token", Signal("words", 1.0, "named by the frames")),
        _spot("config/database.py", 1.8, "connections", Signal("history", 1.8, "changed 8 days ago")),
        _spot("tests/test_refresh.py", 0.6, "refresh tests", Signal("words", 0.6, "the question's words")),
    ),
    symbols=(
        Hotspot("accounts/tokens.py", 8.0, (), "refresh", 45, 55),
        Hotspot("accounts/middleware.py", 6.0, (), "get_token", 48, 58),
    ),
)


def arguments(folder: Path, case: str = "") -> Namespace:
    """The command line of a program that keeps its things below ``folder``."""
    return Namespace(store=str(folder / "data"), jobs=1, case=case)


def write_log(path: Path) -> None:
    """A log of the incident: a request every half minute, a slow one at times, and from its onset on the conflict."""
    sample = CONFLICT.variants[0].sample
    with path.open("w", encoding="utf-8") as out:
        for number in range(120):
            at = AT - timedelta(minutes=32) + timedelta(seconds=32 * number, milliseconds=985)
            stamp = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d}"
            out.write(f"{stamp} INFO accounts.views POST /api/refresh 200 user={8800 + number}\n")
            if number % 9 == 0:
                out.write(f"{stamp} WARNING django.request slow transaction 1.{number % 10} s\n")
            if at >= AT and number % 3 == 0:
                out.write(f"{stamp} ERROR django.request Internal Server Error: /api/refresh\n{sample}\n")


async def write_case(folder: Path, running: bool = False) -> tuple[Path, str]:
    """Write the repository and a case on it below ``folder``; gives the repository and the case's id."""
    repo = folder / "auth-service"
    write_demo_repository(repo)
    session = await Session.open(repo, from_arguments(arguments(folder)))
    actor = "workbench/engine"
    log = folder / "production.log"
    write_log(log)
    question = {"question": QUESTION, "log_sources": [str(log)], "since": None}
    events = [new_event("case.question", "you", question)]
    for name, report in REPORTS.items():
        run = secrets.token_hex(4)
        events.append(new_event("analysis.started", actor, {"analyzer": name, "tree": ""}, run))
        events.append(new_event("analysis.reported", actor, {"report": encode(report)}, run))
        if not (running and name == "causes"):
            check = Check(name, CheckStatus.DONE, report.summary, 0.42)
            events.append(new_event("analysis.finished", actor, {"check": encode(check)}, run))
    await session.services.journal.append(*events)
    case = session.state.id
    session.services.library.touch(session.state)
    await session.close()
    return repo, case
