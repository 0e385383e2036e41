"""Tests that show the three defects of the demo, as somebody on call writes them: each fails on r412."""

TESTS = {
    "tests/test_busy_token.py": '''"""A database that is busy while the token is looked up."""

import pytest
from django.db import OperationalError

from accounts import tokens
from accounts.models import Token


@pytest.mark.django_db
def test_a_busy_database_is_a_reason_to_come_back(client, user, monkeypatch):
    raw = tokens.encode(tokens.issue(user))

    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Token.objects, "filter", busy)
    assert client.get("/api/me", headers={"Authorization": f"Bearer {raw}"}).status_code == 503
''',
    "tests/test_login_limit.py": '''"""Too many sign-ins are told to wait."""

import json

import pytest


@pytest.mark.django_db
def test_too_many_sign_ins_are_told_when_to_come_back(client, settings):
    settings.LOGIN_LIMIT = 1
    for status in (401, 429):
        body = json.dumps({"email": "ada@example.com", "password": "wrong"})
        answer = client.post("/api/login", body, content_type="application/json")
        assert answer.status_code == status
''',
    "tests/test_refreshed_once.py": '''"""Two refreshes of one token that overlap: one wins, the other is told."""

import pytest

from accounts import tokens
from accounts.errors import TokenRefreshConflict
from accounts.models import Token

pytestmark = pytest.mark.django_db


def test_of_two_that_overlap_one_wins(user, monkeypatch):
    token = tokens.issue(user)
    issue, overlapping = tokens.issue, []

    def issue_slowly(who):
        if not overlapping:
            overlapping.append(True)
            with pytest.raises(TokenRefreshConflict):
                tokens.refresh(token.key)
        return issue(who)

    monkeypatch.setattr(tokens, "issue", issue_slowly)
    tokens.refresh(token.key)
    assert Token.objects.count() == 2
''',
}
