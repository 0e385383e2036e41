"""A small token service on SQLite, right by default, and the ways in which it can be wrong."""

from __future__ import annotations

SERVICE = '''"""Signs users in. Standard library only."""

import json
import os
import secrets
import sqlite3
import threading
import time

FILE = os.environ["SERVICE_DATABASE"]
LIMIT = 3
SEEN = {}
LOCK = threading.Lock()


def connect():
    connection = sqlite3.connect(FILE, timeout=10, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


def prepare():
    connection = connect()
    connection.execute("CREATE TABLE token (key TEXT PRIMARY KEY, who TEXT, ends REAL, state TEXT)")
    connection.execute("CREATE TABLE attempt (who TEXT)")


def issue(connection, who):
    key = "tok_" + secrets.token_hex(8)
    connection.execute("INSERT INTO token VALUES (?, ?, ?, 'live')", (key, who, time.time() + 86400))
    return key


def find(connection, key):
    row = connection.execute("SELECT who, ends, state FROM token WHERE key = ?", (key,)).fetchone()
    return row if row and row[1] > time.time() and row[2] == "live" else None


def refresh(connection, key, row):
    taken = connection.execute("UPDATE token SET state = 'replaced' WHERE key = ? AND state = 'live'", (key,)).rowcount
    return issue(connection, row[0]) if taken else None


def login(connection, body):
    connection.execute("INSERT INTO attempt VALUES (?)", (body["user"],))
    (count,) = connection.execute("SELECT count(*) FROM attempt WHERE who = ?", (body["user"],)).fetchone()
    if count > LIMIT:
        return 429, {"error": "too many"}
    return 200, {"token": issue(connection, body["user"])}


def route(environ, connection, body):
    path, key = environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    if path == "/up":
        return 200, {}
    if path == "/login":
        good = isinstance(body, dict) and isinstance(body.get("user"), str) and body.get("password") == "let me in"
        return login(connection, body) if good else (401, {"error": "no"})
    row = find(connection, key)
    if row is None:
        return 401, {"error": "sign in"}
    if path == "/me":
        return 200, {"user": row[0]}
    if path == "/logout":
        connection.execute("UPDATE token SET state = 'revoked' WHERE key = ?", (key,))
        return 200, {}
    if path == "/refresh":
        new = refresh(connection, key, row)
        return (200, {"token": new}) if new else (409, {"error": "replaced before"})
    return 404, {}


def app(environ, start_response):
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        body = json.loads(raw or b"null")
    except (ValueError, RecursionError):
        body = None
    connection = connect()
    try:
        status, answer = route(environ, connection, body)
    finally:
        connection.close()
    start_response(f"{status} X", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]
'''

SETTINGS = """
[server]
app = "service:app"
ready = "/up"
prepare = [["{python}", "-c", "import service; service.prepare()"]]
env = { SERVICE_DATABASE = "{folder}/service.sqlite3" }

[accounts]
attempts = 3
login = { path = "/login", json = { user = "{user}", password = "{password}" } }
identity = { path = "/me", field = "user" }
refresh = { path = "/refresh" }
logout = { path = "/logout" }
users = [
    { user = "ada", password = "let me in" },
    { user = "bob", password = "let me in" },
    { user = "cy", password = "let me in" },
    { user = "dee", password = "let me in" },
    { user = "eve", password = "let me in" },
]

[load]
seconds = 0.9
clients = 4
requests = [{ path = "/me", signed_in = true, weight = 3 }, { path = "/up" }]
"""

_RACE = """def refresh(connection, key, row):
    with LOCK:
        row = find(connection, key)
        if row is None:
            return None
        time.sleep(0.005)
        connection.execute("UPDATE token SET state = 'replaced' WHERE key = ?", (key,))
        return issue(connection, row[0])
"""
_CACHE = """def find(connection, key):
    if key[:4] not in SEEN:
        SEEN[key[:4]] = look(connection, key)
    return SEEN[key[:4]]


def look(connection, key):
"""
_STALE = _CACHE.replace("[:4]", "").replace("if key not in SEEN", "if SEEN.get(key) is None")
_FIND = "def find(connection, key):\n"
_REFRESH = SERVICE[SERVICE.index("def refresh") : SERVICE.index("\n\ndef login")]
_COUNTED = SERVICE[SERVICE.index('    connection.execute("INSERT INTO attempt') : SERVICE.index("    if count > LIMIT")]
_IN_MEMORY = "    count = SEEN[body['user']] = SEEN.get(body['user'], 0) + 1\n"
_CHECKED = 'isinstance(body, dict) and isinstance(body.get("user"), str) and '

UNSAFE = {
    "a lock in one process": (SERVICE.replace(_REFRESH, _RACE), ("one exchange",)),
    "a cache by the start of the key": (SERVICE.replace(_FIND, _CACHE), ("own answers", "tampered tokens")),
    "a cache that outlives the token": (SERVICE.replace(_FIND, _STALE), ("replaced tokens", "revoked tokens")),
    "tokens that never end": (SERVICE.replace(" and row[1] > time.time()", ""), ("expired tokens",)),
    "a limit of each process": (SERVICE.replace(_COUNTED, _IN_MEMORY), ("sign-in limit",)),
    "a body that is believed": (SERVICE.replace(_CHECKED, ""), ("payloads",)),
}
"""By what is wrong: the source, and the probes that show it."""
