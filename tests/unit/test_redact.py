"""Secrets never reach the record; code, paths, hashes and messages that only speak of secrets reach it whole."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.redact import may_hold_secret, redact, redact_bytes, redact_data
from workbench.analysis.secret_shapes import TRIGGERS

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s5vQx-7_aBcDeFgHiJkLmNoPq"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEow+/hJ2\nq9Zx==\n-----END RSA PRIVATE KEY-----"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SLACK = "xoxb-" + "123456789012-abcdefGHIJ"
STRIPE = "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"

SECRETS = [
    (f"Authorization: Bearer {JWT}", "Authorization: Bearer ***"),
    ("GET / Authorization: Basic dXNlcjpwYXNz", "GET / Authorization: Basic ***"),
    ('{"Authorization": "Token 9944b09199c62bcf"}', '{"Authorization": "Token ***"}'),
    ("sent bearer abc123def456", "sent bearer ***"),
    (f"token was {JWT}, expired", "token was ***, expired"),
    ("postgres://shop:pa55@w0rd@db.local:5432/shop", "postgres://shop:***@db.local:5432/shop"),
    ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
    ("git clone https://oauth2x4d9e8f7a6b5c4d@git.local/a.git", "git clone https://***@git.local/a.git"),
    ("password=hunter2", "password=***"),
    ("login(user=bob, password=hunter2)", "login(user=bob, password=***)"),
    ("?user=bob&token=abcdef&page=2", "?user=bob&token=***&page=2"),
    ("DB_PASS=letmein DB_HOST=db", "DB_PASS=*** DB_HOST=db"),
    ("Server=db;Uid=sa;Pwd=Str0ng!;Database=shop", "Server=db;Uid=sa;Pwd=***;Database=shop"),
    ('{"password": "correct horse", "user": "bob"}', '{"password": "***", "user": "bob"}'),
    (r"{\"api_key\": \"k-1234\", \"n\": 1}", r"{\"api_key\": \"***\", \"n\": 1}"),
    ("{'refresh_token': 'r1', 'ok': True}", "{'refresh_token': '***', 'ok': True}"),
    ("SECRET_KEY = 'django-insecure-x9(y'", "SECRET_KEY = '***'"),
    ('API_KEY: str = "k9"', 'API_KEY: str = "***"'),
    ('config["password"] = "hunter2"', 'config["password"] = "***"'),
    ("client_secret: 8fj2kd93kd", "client_secret: ***"),
    ("  password: swordfish", "  password: ***"),
    ("db.password = hunter2", "db.password = ***"),
    ("X-Api-Key: 5f4dcc3b5aa765d6", "X-Api-Key: ***"),
    ("mysql --password hunter2 -h db", "mysql --password *** -h db"),
    ("mysql --password=hunter2 -h db", "mysql --password=*** -h db"),
    ("curl -u bob:hunter2 http://a/", "curl -u bob:*** http://a/"),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "aws_secret_access_key = ***"),
    ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
    ("AIza" + "SyA1234567890abcdefghijklmnopqrstuv", "***"),
    (f"push with {GITHUB}", "push with ***"),
    (f"slack {SLACK} said", "slack *** said"),
    (f"stripe {STRIPE}.", "stripe ***."),
    ("https://hooks.slack.com/services/T00/B00/XXyyZZ11", "https://hooks.slack.com/services/***"),
    ("blob?sv=2020&sig=a%2Bb9%3D&se=1", "blob?sv=2020&sig=***&se=1"),
    (KEY, "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"),
    ("-----BEGIN PRIVATE KEY-----\nMIIE\ncut off", "-----BEGIN PRIVATE KEY-----***"),
    ("Cookie: sessionid=ab12; theme=dark", "Cookie: sessionid=***; theme=***"),
    ("Set-Cookie: sid=ab12; Path=/; HttpOnly; Max-Age=60", "Set-Cookie: sid=***; Path=/; HttpOnly; Max-Age=60"),
    ('{"Cookie": "a=1; b=2", "n": 1}', '{"Cookie": "a=***; b=***", "n": 1}'),
    ("sessionid=38afes7a8", "sessionid=***"),
    ("paid with 4111 1111 1111 1111 today", "paid with *** today"),
    ("pan=4111111111111111", "pan=***"),
    ("amex 3782-822463-10005", "amex ***"),
]

PLAIN = [
    "commit 4b435681f0c3a2d1e9b8a7c6d5e4f3a2b1c0d9e8",
    "id 550e8400-e29b-41d4-a716-446655440000",
    "tests/test_tokens.py::TestLogin::test_password_reset[chromium-1]",
    "tests/test_token.py::test_token::test_refresh_2x",
    "src/auth/token.py:42: in refresh",
    "token = get_token()",
    "token = request.headers.get('X')",
    "    password = form.cleaned_data[name]",
    "authenticate(username=username, password=password)",
    "reset(token=access_token, secret=settings.SECRET)",
    "def login(password: str, token: Token | None = None) -> str:",
    "    password: str",
    "    secret: SecretStr",
    "if token == expected_token2:",
    'API_KEY = os.environ["API_KEY"]',
    'raise AuthError("Invalid token: Signature verification failed")',
    "InvalidTokenError: token is expired",
    "Unexpected token: } at 12",
    "max_tokens=4096 token_type=bearer next_token=None",
    "password: ${DB_PASSWORD}",
    "url = 'postgres://user:{password}@db/x'",
    "password=%s and secret=<hidden>",
    "PWD=/srv/app OLDPWD=/root",
    "the basic authentication failed; bearer authentication needed",
    '"password": "Enter your password"',
    '{"type": "password", "token": null, "secret": ""}',
    "--token is required",
    "docker run -u 1000:1000 image",
    "2024-11-23T21:36:00.123456Z took 1732397760123 ms",
    "ns 1732397760123456789 count 6000000000000",
    "order 4111111111111112",
    "http://host:8080/path?page=2",
    "ssh://git@host/repo.git",
    "SELECT * FROM token WHERE secret = %s",
    "the cookie: none was sent",
    "class TokenSerializer(Serializer): key = CharField()",
    "primary key: id_1234, foreign key: user_id2",
    "sk-loading-spinner-container-wide",
    'getpass(prompt="Password: "):',
    '_GLYPHS = {"pass": "✔"}',
    "key=await session_key=await self.key()",
    "bypass=1 compass: 12north",
]


@pytest.mark.parametrize(("text", "expected"), SECRETS)
def test_a_secret_becomes_three_stars_and_the_rest_stays(text: str, expected: str) -> None:
    redacted, count = redact(text)
    assert redacted == expected
    assert count >= 1
    assert redact(redacted) == (redacted, 0)


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_speaks_of_secrets_stays_as_it_is(text: str) -> None:
    assert redact(text) == (text, 0)


def test_e_mail_addresses_go_only_when_asked() -> None:
    text = "From: ann.b+c@mail.example.org to x@y"
    assert redact(text) == (text, 0)
    assert redact(text, emails=True) == ("From: *** to x@y", 1)


def test_data_is_masked_by_its_keys_and_flags() -> None:
    data = {
        "argv": ["psql", "--password", "hunter2", "-u", "bob:pw1", "--token=abc1", "file"],
        "env": {"DB_PASSWORD": "x y", "HOME": "/root", "pin": {"secret": ["a1", {"deep": "b2"}]}},
        "headers": [["Authorization", "Bearer x1"], ["Accept", "text/html"]],
        "question": "why does password=hunter2 fail?",
        "fingerprint": "4111111111111111",
        "n": 4,
        "tests": ["a.py::test_password", "a.py::test_other1"],
        "paths": {"auth/token": "4f9c2d1e"},
    }
    redacted, count = redact_data(data)
    assert redacted == {
        "argv": ["psql", "--password", "***", "-u", "bob:***", "--token=***", "file"],
        "env": {"DB_PASSWORD": "***", "HOME": "/root", "pin": {"secret": ["***", {"deep": "***"}]}},
        "headers": [["Authorization", "***"], ["Accept", "text/html"]],
        "question": "why does password=*** fail?",
        "fingerprint": "4111111111111111",
        "n": 4,
        "tests": ["a.py::test_password", "a.py::test_other1"],
        "paths": {"auth/token": "4f9c2d1e"},
    }
    assert count == 8
    assert redact_data(redacted) == (redacted, 0)


def test_bytes_keep_what_is_not_text() -> None:
    assert redact_bytes(b"\xff password=hunter2 \xfe") == (b"\xff password=*** \xfe", 1)
    assert redact_bytes(b"\0 password=hunter2") == (b"\0 password=hunter2", 0)


_PIECES = st.sampled_from([text for text, _ in SECRETS] + PLAIN + ["\n", " ", "=", ":", '"', "'", "***", "\\"])
_TEXT = st.lists(_PIECES | st.text(max_size=12), max_size=6).map("".join)


@settings(max_examples=300)
@given(_TEXT)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once, _ = redact(text, emails=True)
    assert redact(once, emails=True) == (once, 0)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["text", "password", "argv", "id"]), st.lists(_TEXT, max_size=3), max_size=3))
def test_the_quick_look_never_misses_what_redacting_would_change(data: dict[str, list[str]]) -> None:
    redacted, count = redact_data(data)
    assert may_hold_secret(json.dumps(data)) or (redacted, count) == (data, 0)


@settings(max_examples=200)
@given(st.sampled_from(["", "x ", "a=b ", "log: "]), st.from_regex(r"[A-Za-z0-9!#%^*+]{6,40}", fullmatch=True))
def test_no_password_survives_in_any_common_form(before: str, secret: str) -> None:
    secret = f"q7{secret}"
    for form in ("password={}", '"password": "{}"', "--password {}", "redis://u:{}@h/0", "Cookie: sid={}"):
        assert secret not in redact(before + form.format(secret))[0]


@pytest.mark.parametrize(
    "piece", [*TRIGGERS, *(text[:12] for text, _ in SECRETS), "eyJaaaaa.", "password=(", "4111 ", r"\u00f6", r"\u00f6@"]
)
def test_long_hostile_lines_take_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        started = time.process_time()
        redact(text, emails=True)
        return time.process_time() - started

    short, long = (min(seconds(length) for _ in range(2)) for length in (10_000, 80_000))
    assert long < 0.2 or long < 24 * short, "eight times the text, far more than eight times the time"
