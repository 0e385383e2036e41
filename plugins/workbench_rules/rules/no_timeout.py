"""WB104: a client of a database, cache, mail server or socket without a timeout."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import offline

_CLIENTS = {
    "redis.Redis": ("socket_timeout",),
    "redis.StrictRedis": ("socket_timeout",),
    "redis.from_url": ("socket_timeout",),
    "redis.Redis.from_url": ("socket_timeout",),
    "psycopg.connect": ("connect_timeout",),
    "psycopg2.connect": ("connect_timeout",),
    "pymysql.connect": ("connect_timeout",),
    "MySQLdb.connect": ("connect_timeout",),
    "smtplib.SMTP": ("timeout",),
    "smtplib.SMTP_SSL": ("timeout",),
    "ftplib.FTP": ("timeout",),
    "imaplib.IMAP4": ("timeout",),
    "imaplib.IMAP4_SSL": ("timeout",),
    "socket.create_connection": ("timeout",),
    "urllib.request.urlopen": ("timeout",),
    "http.client.HTTPConnection": ("timeout",),
    "http.client.HTTPSConnection": ("timeout",),
    "ldap3.Connection": ("receive_timeout",),
    "paramiko.SSHClient.connect": ("timeout",),
}
"""Dotted name of a client to the keywords of which one bounds its waiting."""

_POSITION = {"urllib.request.urlopen": 2, "socket.create_connection": 1, "smtplib.SMTP": 3}
"""Where the timeout stands as a positional argument."""


def _check(module: Module) -> Iterator[Hit]:
    if offline(module, at_work=True):
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = module.dotted(node.func)
        keywords = _CLIENTS.get(name)
        if keywords is None or any(keyword.arg is None for keyword in node.keywords):
            continue
        given = {keyword.arg for keyword in node.keywords}
        positional = len(node.args) > _POSITION.get(name, 99)
        text = " ".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
        if not positional and not given & set(keywords) and not any(keyword in text for keyword in keywords):
            yield Hit(node, f"{name} without {keywords[0]}: it waits for ever when the other side hangs")


RULE = Rule(
    id="WB104",
    title="client without a timeout",
    why="One hung peer holds a worker each; when all workers wait, everything is down.",
    severity=Severity.WARNING,
    check=_check,
    bad='import redis\nclient = redis.Redis(host="cache")\n',
    good='import redis\nclient = redis.Redis(host="cache", socket_timeout=1.0)\n',
)
