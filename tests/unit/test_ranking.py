"""The ranking: what the report says puts a place on top, and every rank can be opened to see why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.indexed import Indexed, indexed
from workbench.analysis.ranking import is_weak, weights
from workbench.analysis.ranking.neighbours import neighbours_chunk
from workbench.case.code import UNASKED, Boost, Hotspot
from workbench.case.signals import Signal

SERVICE = {
    "service/__init__.py": "from service.sessions import get_session\n",
    "service/sessions.py": (
        "from service.store import load_row\n\n\n"
        "def get_session(request):\n"
        '    """The session that the cookie of the request names."""\n'
        "    return load_row(request.cookies['session'])\n\n\n"
        "class SessionStore:\n"
        "    def expire(self, row):\n"
        "        return row.age > self.limit\n"
    ),
    "service/store.py": "def load_row(key):\n    return TABLE[key]\n\n\ndef save_row(key, row):\n    TABLE[key] = 1\n",
    "service/mail.py": "class Mailer:\n    def send(self, message):\n        self.smtp.deliver(message)\n",
    "service/report.py": "def monthly_totals(rows):\n    return sum(row.amount for row in rows)\n",
    "service/templates/session.html": "<form><p>Your session has ended. Please sign in.</p></form>\n",
    "tests/test_sessions.py": (
        "from service.sessions import get_session\n\n\n"
        "def test_session_cookie():\n    assert get_session(request_with_session_cookie)\n"
    ),
    "docs/sessions.py": "def example():\n    return get_session(session_cookie)\n",
}


@pytest.fixture
def service(tmp_path: Path) -> Indexed:
    return indexed(tmp_path, SERVICE)


def names(spot: Hotspot) -> dict[str, str]:
    return {signal.name: signal.detail for signal in spot.signals}


def test_the_title_leads_to_the_file_and_the_function_with_reasons(service: Indexed) -> None:
    ranking = service.rank("Session cookie is lost\n\nAfter a restart every user has to sign in again.")
    assert ranking.files[0].path == "service/sessions.py"
    assert ranking.symbols[0].qualname == "get_session"
    why = names(ranking.files[0])
    assert why["title"] == "title words 'session' in the name of def get_session"
    assert why["path"] == "'session' in its path"
    assert names(ranking.symbols[0])["file"] == "stands in service/sessions.py"


def test_the_score_is_the_sum_of_its_signals(service: Indexed) -> None:
    ranking = service.rank("Session cookie is lost in get_session")
    for spot in (*ranking.files, *ranking.symbols):
        assert spot.score == pytest.approx(sum(signal.weight for signal in spot.signals), abs=0.01)
        assert all(signal.detail for signal in spot.signals), spot


def test_tests_are_no_candidates_and_documentation_stands_behind(service: Indexed) -> None:
    files = [spot.path for spot in service.rank("Session cookie is lost").files]
    assert "tests/test_sessions.py" not in files
    assert files.index("service/sessions.py") < files.index("docs/sessions.py")


def test_a_path_module_or_method_that_is_named_decides(service: Indexed) -> None:
    for said in (
        "see service/report.py line 2",
        "in service.report something is off",
        "it is service.report.monthly_totals",
    ):
        ranking = service.rank(f"Wrong since Monday\n\n{said}")
        assert "service/report.py" in [spot.path for spot in ranking.files[:2]]
        assert "the report names service" in {n: d for s in ranking.files for n, d in names(s).items()}["mention"]
    ranking = service.rank("Nothing arrives, Mailer.send is silent")
    assert (ranking.symbols[0].path, ranking.symbols[0].qualname) == ("service/mail.py", "Mailer.send")


def test_a_short_question_without_evidence_is_thin_and_asks_for_more(service: Indexed) -> None:
    ranking = service.rank("500s on session, intermittently")
    assert ranking.thin
    assert "traceback" in ranking.thin_hint
    assert "logs" in ranking.thin_hint
    assert all(is_weak(spot) for spot in ranking.files)
    frame = Boost("service/store.py", Signal("log_error", 1.0, "9 × KeyError end here", ("error-1",)), "load_row", 2)
    evident = service.rank("500s on session, intermittently", [frame])
    assert (evident.thin, evident.thin_hint) == (False, "")
    assert not is_weak(evident.symbols[0])
    finding = Boost("service/store.py", Signal("finding", 0.2, "a rule", ("finding-1",)))
    assert service.rank("500s on session, intermittently", [finding]).thin, "a finding was there before the incident"


def test_the_words_of_a_question_that_nobody_asked_put_nothing_first(tmp_path: Path) -> None:
    made = indexed(
        tmp_path, {"app/going.py": "def wrong():\n    return 1\n", "app/load.py": "def row():\n    return 2\n"}
    )
    ranking = made.rank(UNASKED)
    assert (ranking.files, ranking.symbols, ranking.thin) == ((), (), True)
    boost = Boost("app/load.py", Signal("log_error", 1.0, "9 × KeyError end here", ("error-1",)), "row", 1)
    assert [spot.path for spot in made.rank(UNASKED, [boost]).files] == ["app/load.py"]


def test_a_boost_joins_the_sum_with_its_evidence_at_the_line_of_the_right_namesake(tmp_path: Path) -> None:
    code = "class A:\n    def get(self):\n        return 1\n\n\nclass B:\n    def get(self):\n        return 2\n"
    made = indexed(tmp_path, {"app/things.py": code, "app/other.py": "def login():\n    return 3\n"})
    boost = Boost("app/things.py", Signal("log_error", 1.0, "9 × KeyError end here", ("error-1",)), "get", 8)
    ranking = made.rank("login fails", [boost])
    assert ranking.symbols[0].qualname == "B.get"
    signal = next(signal for signal in ranking.symbols[0].signals if signal.name == "log_error")
    assert signal.weight == weights.BOOST["log_error"]
    assert signal.evidence == ("error-1",)
    assert ranking.files[0].path == "app/things.py"


def test_many_small_findings_never_outweigh_a_great_reason(service: Indexed) -> None:
    small = [Boost("service/report.py", Signal("finding", 0.25, "a rule", (f"finding-{n}",))) for n in range(200)]
    ranking = service.rank("Session cookie is lost", small)
    assert ranking.files[0].path == "service/sessions.py"
    report = next(spot for spot in ranking.files if spot.path == "service/report.py")
    assert [signal.weight for signal in report.signals if signal.name == "finding"] == [
        0.25,
        0.125,
        0.0625,
        0.0312,
        0.0156,
    ]


def test_a_failing_test_lifts_what_it_calls(service: Indexed) -> None:
    boost = Boost(
        "tests/test_sessions.py", Signal("test", 1.0, "test_session_cookie failed", ("run-1",)), "test_session_cookie"
    )
    ranking = service.rank("totals are wrong", [boost])
    assert ranking.symbols[0].qualname == "get_session"
    assert names(ranking.symbols[0])["test"] == "test_session_cookie failed (called by test_session_cookie)"


def test_commits_like_the_report_count_and_recent_ones_only_when_a_time_is_asked_about(service: Indexed) -> None:
    long_ago, lately = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 5, 12, tzinfo=UTC)
    commits = [
        ("b" * 40, "Send faster", ("service/mail.py",), lately),
        ("a" * 40, "Keep totals of lost sign-ins", ("service/report.py",), long_ago),
    ]
    asked = service.rank("Sign-in totals are lost", commits=commits)
    report = next(spot for spot in asked.files if spot.path == "service/report.py")
    history = next(signal for signal in report.signals if signal.name == "history")
    assert history.detail == "commit aaaaaaaa 'Keep totals of lost sign-ins' touched it"
    assert history.evidence == ("a" * 40,)
    assert not any("recent" in names(spot) for spot in asked.files)
    since = service.rank("Sign-in totals are lost since the last deploy", commits=commits)
    changed = {spot.path: names(spot).get("recent", "") for spot in since.files}
    assert changed["service/mail.py"].startswith("changed on 2026-05-12 by bbbbbbbb")
    assert not changed["service/report.py"]
    given = service.rank("Sign-in totals are lost", commits=commits, since=lately)
    assert any("recent" in names(spot) for spot in given.files)


@pytest.mark.parametrize(
    "question", ["", " \n ", "?!", "a" * 100_000, "session " * 12_500, "<!--" * 25_000, "é\0\x1b[31m"]
)
def test_no_question_breaks_it(service: Indexed, question: str) -> None:
    ranking = service.rank(question)
    assert len(ranking.files) <= 50
    if not question.strip():
        assert ranking.thin_hint == "point at the logs of that time, or say in a sentence what goes wrong"


def test_an_empty_tree_gives_an_empty_ranking(tmp_path: Path) -> None:
    ranking = indexed(tmp_path, {"notes.bin": b"\0"}).rank("login fails")
    assert (ranking.files, ranking.symbols) == ((), ())


def test_weights_are_read_by_name_in_one_place(service: Indexed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FILE", {"path": 1.0})
    monkeypatch.setattr(weights, "SYMBOL", {"file": 1.0})
    spot = service.rank("session cookie").files[0]
    assert {signal.name: signal.weight for signal in spot.signals if signal.weight} == {"path": 1.0}


def test_a_plugin_reads_the_ranking_and_puts_its_own_order_on_top(service: Indexed) -> None:
    from workbench.api import rank_chunk

    (by_words,) = rank_chunk(service.index, service.tree, "Session cookie is lost")
    last = by_words.symbols[-1]
    said = Signal("rerank", 1.0, "by a model: it says so", ())
    ranking = service.rank("Session cookie is lost", [Boost(last.path, said, last.qualname, last.line)])
    first = next(spot for spot in ranking.symbols if spot.qualname == last.qualname)
    assert ranking.symbols.index(first) < len(by_words.symbols) - 1
    assert names(first)["rerank"] == "by a model: it says so"


def test_one_key_widens_to_callers_and_callees(service: Indexed) -> None:
    (near,) = neighbours_chunk(service.index, service.tree, "service/store.py", "load_row")
    assert [(caller.path, caller.qualname, caller.sure) for caller in near.callers] == [
        ("service/sessions.py", "get_session", True)
    ]
    (near,) = neighbours_chunk(service.index, service.tree, "service/sessions.py", "get_session")
    assert [(callee.qualname, callee.line, callee.sure) for callee in near.callees] == [("load_row", 1, True)]
    (nothing,) = neighbours_chunk(service.index, service.tree, "service/gone.py", "get_session")
    assert (nothing.callers, nothing.callees) == ((), ())
