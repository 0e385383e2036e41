"""What a log line says has happened: a start, a release, a migration, a change of a flag or of the configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.analysis.logs.operations.picked import Picked
from workbench.case.enums import ChangeKind, Level

WANTED = re.compile(
    rb"(?i:started|starting|listening|booting|deploy|release|rollout|restart|reload|startup|flag|toggle)"
    rb"|Applying |Running upgrade|Migrating|HUP|Created container|(?i:launching)"
    rb"|\bv\d*\.[\w.+-]*[ ,)]+(?i:(?:is |now |up and )*(?:ready|running|booted|initiali[sz]ed))"
)
"""Bytes of a line that may say so."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One of them. ``release`` and ``commit`` are what the line names, empty where it names none; ``at`` in seconds."""

    at: float
    kind: ChangeKind
    text: str
    release: str = ""
    commit: str = ""
    host: str = ""


_RELEASE = re.compile(
    r"\b(?:release|version|revision|build|image|tag|deploy(?:ed|ing)?)[ =:\"']+(?P<name>[\w./:@+-]*\d[\w./:@+-]*)", re.I
)
_VERSION = re.compile(
    r"(?<![\w./-])(?P<who>[A-Za-z][\w-]*)[ ,]+(?:version )?(?P<name>v\d+(?:\.\d+)+[\w.+-]*)"
    r"|\b(?:Starting|Launching|Booting) (?P<whom>[A-Za-z][\w-]*)[ /,]+(?P<number>\d+(?:\.\d+){2}[\w.+-]*)",
    re.I,
)
_SERVERS = frozenset(
    "celery daphne django fastapi flask gunicorn granian hypercorn java jetty mariadb mysql nginx node postgresql puma"
    " python rails redis sidekiq tomcat twisted uvicorn uwsgi waitress werkzeug".split()
)
"""Who says its own version as it starts, which is not the program's."""
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b|(?<=[(:@-])[0-9a-f]{7,40}\b")
_START = re.compile(
    r"(?:^|[\s\]:])(?:Starting (?:gunicorn|server|development server|application|worker|service)"
    r"|Started (?:server process|.+\.service|container|[A-Z]\w+ in [\d.]+ s)|Booting worker with pid"
    r"|Listening (?:at|on)\b|Created container|Application startup complete|systemd\[\d+\]: Started )"
    r"|\b(?:release|version|service|server|application|app|process|worker|celery)\b.{0,120}\bstart(?:ed|ing)\b"
    r"|\bstart(?:ed|ing) (?:up|with pid|on port)\b|\bstarted\b.{0,40}\bpid\b|\blistening on (?:port|https?:|[\d.:\[]+)"
    r"|\b(?:restarted|restarting)\b|Scheduled restart job"
    r"|(?<=[ (])v\d+(?:\.\d+)+[\w.+-]*[ ,)]+"
    r"(?:is |now |up and )*(?:ready|running|booted|start(?:ed|ing)|initiali[sz]ed)\b"
    r"|\b(?:Starting|Launching|Booting) [A-Za-z][\w-]*[ /,]+(?:version )?v?\d+(?:\.\d+)+",
    re.I,
)
_NOT_START = re.compile(
    r"\b(?:transaction|request|task|job|thread|retry|session|query|backup|restart(?:ing)? in)\b", re.I
)
_DEPLOY = re.compile(r"\b(?:deployed|deploying|deployment of|rollout (?:of|to|complete)|released)\b", re.I)
_MIGRATION = (
    re.compile(r"\bApplying (?P<name>[\w.]+?)\.\.\."),
    re.compile(r"Running upgrade (?P<name>\w* ?-> ?\w+(?:, .*)?)"),
    re.compile(r"Migrating schema \S+ to version (?P<name>.+)"),
)
_FLAG = re.compile(
    r"\b(?:feature[ _-]?)?(?:flag|toggle)[ =:]+[\"']?(?P<name>[\w.-]+)[\"']?\W{1,4}"
    r"(?P<what>(?:was |is now |has been )?(?:changed|set|turned|enabled|disabled|switched|toggled|on\b|off\b).*)",
    re.I,
)
_CONFIGURATION = re.compile(
    r"\bconfig(?:uration)?\b.{0,60}\b(?:re-?loaded|changed|applied|updated)\b|\breload(?:ed|ing) (?:the )?config"
    r"|Hang up: Master|\bSIGHUP\b",
    re.I,
)
_LOUD = (Level.ERROR, Level.CRITICAL)


def happened(line: Picked) -> Happened | None:
    """What ``line`` says has happened; None where it says nothing of the kind, or not when."""
    text = " ".join(line.text.split())[:300]
    if line.at is None or line.parsed.level in _LOUD or not text:
        return None
    kind, said = _kind(text)
    if kind is None:
        return None
    release = commit = ""
    if kind in (ChangeKind.DEPLOY, ChangeKind.RESTART):
        release, commit = release_in(text)
    return Happened(line.at, kind, said, release, commit, line.parsed.host)


def _kind(text: str) -> tuple[ChangeKind | None, str]:
    for shape in _MIGRATION:
        if found := shape.search(text):
            return ChangeKind.MIGRATION, f"migration {found['name'].strip()}"
    if found := _FLAG.search(text):
        return ChangeKind.FLAG, f"flag {found['name']} {found['what']}"
    if _CONFIGURATION.search(text):
        return ChangeKind.CONFIGURATION, text
    if _DEPLOY.search(text) and _RELEASE.search(text):
        return ChangeKind.DEPLOY, text
    if _START.search(text) and not _NOT_START.search(text):
        return ChangeKind.RESTART, text
    return None, ""


def release_in(text: str) -> tuple[str, str]:
    """The release and the commit that a line names; empty where it names none."""
    named = _RELEASE.search(text)
    commit = _COMMIT.search(text)
    name = named["name"].rstrip(".:,") if named else _own_version(text)
    return name, commit.group() if commit else ""


def _own_version(text: str) -> str:
    """The version behind the program's name; empty where it is that of the server that runs it."""
    found = _VERSION.search(text)
    if found is None or (found["who"] or found["whom"]).lower() in _SERVERS:
        return ""
    return (found["name"] or found["number"]).rstrip(".:,")
