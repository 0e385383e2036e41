"""Mitigate first: taking a commit back is tried in a worktree; what goes along, what is lost, where it conflicts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick, session_on
from workbench.case.codec import encode
from workbench.case.enums import ChangeKind, CheckStatus
from workbench.case.events import new_event
from workbench.case.model import Change, Check
from workbench.case.state import Report
from workbench.engine.proposals.offering import offer
from workbench.engine.session import Session

MIGRATION = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n"
    "        migrations.AddField('token', 'refreshed_at', models.DateTimeField(null=True)),\n"
    "        migrations.CreateModel(name='Event', fields=[]),\n    ]\n"
)


async def suspects(session: Session, *changes: Change) -> None:
    """As an analyzer says it."""
    await told(session, "history", Report("history read", changes=changes))


async def told(session: Session, analyzer: str, report: Report) -> None:
    """A run of an analyzer, in the record all at once."""
    check = Check(analyzer, CheckStatus.DONE, report.summary)
    kinds = {
        "analysis.started": {"analyzer": analyzer, "tree": ""},
        "analysis.reported": {"report": encode(report)},
        "analysis.finished": {"check": encode(check)},
    }
    await session.services.journal.append(*(new_event(kind, "you", data, "r1") for kind, data in kinds.items()))


def commit(ident: str, kind: ChangeKind, revision: str) -> Change:
    return Change(ident, datetime(2026, 11, 12, tzinfo=UTC), kind, "Leave the first out", revision, score=1.0)


async def test_a_commit_that_broke_a_test_is_taken_back_with_what_that_loses(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({**SHOP, "shop.py": RIGHT, "test_shop.py": SHOP["test_shop.py"]})
    repo.git("tag", "r1")
    repo.write("shop.py", SHOP["shop.py"])
    repo.write("app/migrations/0002_refresh.py", MIGRATION)
    repo.commit("Leave the first out")
    suspect = repo.head
    repo.git("tag", "r2")
    repo.write("notes.txt", "later\n")
    repo.commit("Later")
    async with session_on(repo) as session:
        await suspects(session, commit("c1", ChangeKind.COMMIT, suspect), commit("c2", ChangeKind.DEPLOY, "r2"))
        (taken,) = (await offer(session.services, "c1", ["revert"])).proposals
        assert taken.title == "revert Leave the first out"
        assert {each.outcome for each in taken.tests} == {"green"}
        assert "none newly fails" in taken.tests[-1].reason
        assert set(taken.paths) == {"shop.py", "app/migrations/0002_refresh.py"}
        assert "the column refreshed_at of token, with its values" in taken.note
        assert "the table of Event, with its rows" in taken.note
        assert taken.commands[0].startswith("git revert --no-edit ")
        (back,) = (await offer(session.services, "c2", ["revert"])).proposals
        assert back.title.startswith("go back to the release before")
        assert back.head == taken.head
        (helps,) = (await offer(session.services, "test_shop.py::test_total", ["revert"])).proposals
        assert [each.outcome for each in helps.tests if each.name in ("test", "suite")] == ["green", "green"]

        repo.write("shop.py", SHOP["shop.py"].replace("prices[1:]", "prices[2:]"))
        (conflict,) = (await offer(session.services, "c1", ["revert"])).proposals
        assert conflict.state == "conflicts"
        assert "conflicts: shop.py:" in conflict.note
        assert not conflict.tests
