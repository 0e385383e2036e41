"""What may be set, by dotted name, and the check of a document against it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be: the test, and the words of the message when it is something else."""

    holds: Callable[[Any], bool]
    words: str


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _one_of(*names: str) -> Kind:
    """One of these texts."""
    return Kind(lambda value: value in names, f"one of {', '.join(names)}")


TEXT = Kind(lambda value: isinstance(value, str), "a text")
FLAG = Kind(lambda value: isinstance(value, bool), "true or false")
NUMBER = Kind(lambda value: isinstance(value, int | float) and not isinstance(value, bool), "a number")
WORDS = Kind(_texts, "a list of texts")
NUMBERS = Kind(
    lambda value: isinstance(value, list) and all(isinstance(each, int) for each in value), "a list of numbers"
)
COMMANDS = Kind(lambda value: isinstance(value, list) and all(map(_texts, value)), "a list of lists of texts")
TABLES = Kind(
    lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value), "a list of tables"
)
TEXTS = Kind(
    lambda value: isinstance(value, dict) and all(isinstance(each, str) for each in value.values()), "a table of texts"
)
TABLE = Kind(lambda value: isinstance(value, dict), "a table")

SETTINGS: Mapping[str, tuple[Kind, str]] = {
    "python": (TEXT, "the Python that runs the tests, before any that is found"),
    "logs": (WORDS, "log sources that the start screen offers"),
    "playbook": (TEXT, "the playbook of a new case"),
    "theme": (_one_of("dark", "light", "high-contrast", "terminal"), "the colours of the screens"),
    "keymap": (_one_of("default", "vscode", "arrows"), "the keys of the screens"),
    "keys": (TEXTS, "keys of commands by their id (docs/keys.md), over those of the keymap"),
    "notify": (_one_of("off", "bell", "osc9"), "how the terminal says that work of 10 s or more has ended"),
    "together.group": (TEXT, "the group whose accounts may knock at your open cases on this host, with an invitation"),
    "tests.runner": (TEXT, "pytest, unittest, django, or the name of a plugin"),
    "tests.options": (WORDS, "more arguments for the runner"),
    "tests.carry": (WORDS, "ignored files that the tests need, copied into every worktree"),
    "tests.timeout": (NUMBER, "seconds a run may take"),
    "tests.racy": (WORDS, "tests that are repeated in a proof"),
    "tests.swap": (
        FLAG,
        "false: do not collect tests ahead of a save, nor put saved function bodies into them (docs/tests.md)",
    ),
    "server.command": (WORDS, "starts the server; {python} and {port} are filled in"),
    "server.app": (TEXT, "module:attribute of a WSGI or ASGI application, instead of a command"),
    "server.ready": (TEXT, "the path that answers below 500 when the server is up"),
    "server.prepare": (COMMANDS, "commands that make its database ready, in the worktree; {python} is filled in"),
    "server.env": (
        TABLE,
        "environment of the server; {folder} is a folder of its own, {port} its port,"
        " {upstream} the address of a stub in place of what it depends on",
    ),
    "server.workers": (NUMBER, "server processes that share one database"),
    "accounts.login": (TABLE, "method, path, json and token: how a client signs in"),
    "accounts.users": (
        Kind(lambda value: isinstance(value, list), "a list of tables"),
        "two accounts or more to test with",
    ),
    "accounts.identity": (TABLE, "path and field of the answer that says who is asking"),
    "accounts.refresh": (TABLE, "method, path and token: exchanges a token for a new one"),
    "accounts.logout": (TABLE, "method and path: ends a token"),
    "accounts.attempts": (NUMBER, "sign-ins that are allowed before the limit answers"),
    "load.requests": (
        Kind(lambda value: isinstance(value, list), "a list of tables"),
        "method, path, json, weight and signed_in of each",
    ),
    "load.seconds": (NUMBER, "how long the load lasts on each side"),
    "load.clients": (NUMBER, "clients at once"),
    "load.invariants": (TABLES, "name and sql (counts what must not be) or path: checked after the load"),
    "load.host": (TEXT, "a host other than this machine; it must be confirmed"),
    "load.locustfile": (TEXT, "a locustfile instead of the own driver"),
    "load.processes": (NUMBER, "processes of Locust on this machine: its master and as many workers"),
    "load.workers": (NUMBER, "Locust workers of other machines that its master waits for"),
    "faults.requests": (TABLES, "method, path and json of requests that reach a dependency"),
    "faults.answer": (TEXT, "what the dependency answers when all is well, as JSON"),
    "faults.proxies": (TEXTS, "addresses (host:port) by name; {name} in server.env is then a proxy before it"),
    "faults.attempts": (NUMBER, "calls of the dependency that one request may make"),
    "gates.*.enabled": (FLAG, "false leaves the gate out"),
    "gates.*.required": (FLAG, "whether the verdict rests on it"),
    "gates.*.environment": (WORDS, "what is installed, as pip takes it, in an environment of its own for its tools"),
    "gates.*.examined": (TEXT, "regular expression over its output: the group counts what was examined"),
    "gates.*.dump": (TEXT, "a dump of production whose header, or rows, tell the row counts for the migration gate"),
    "gates.*.rows": (TABLE, "production's row counts by table, for the migration gate"),
    "gates.*.semgrep": (TEXT, "rules of semgrep for the security gate: a path, or a name of its registry"),
    "gates.*.sarif": (WORDS, "SARIF files for the security gate; {side} is base or head where there is one for each"),
    "gates.*.benchmark": (
        WORDS,
        "a program whose time the performance gate measures; {python} and {root} are filled in",
    ),
    "gates.*.by": (WORDS, "people whose approval is wanted"),
    "gates.*.command": (WORDS, "the program of a gate of your own"),
    "gates.*.output": (TEXT, "sarif, junit or exit-code"),
    "gates.*.stdin": (_one_of("case-json"), "tells its program of the change, as JSON"),
    "gates.*.threshold": (NUMBER, "what its main figure may be at most"),
    "fixers.*.command": (WORDS, "the program of a fixer of your own, or an agent"),
    "fixers.*.output": (_one_of("patch"), "what it gives: a patch on standard output, or edits of its worktree"),
    "fixers.*.protocol": (TEXT, "how an agent is talked to: acp, the Agent Client Protocol"),
    "fixers.*.stdin": (_one_of("case-json"), "what it reads"),
    "fixers.*.rules": (WORDS, "rules whose findings it mends (S113, WB2*), instead of failing tests"),
    "fixers.*.attempts": (NUMBER, "prompts for one task, 3 at most"),
    "fixers.*.turns": (NUMBER, "tools that an agent may use for one prompt"),
    "fixers.*.writes": (WORDS, "folders beside its worktree that it may write to"),
    "fixers.*.env": (TEXTS, "more variables of its environment"),
    "log_sources.*.command": (WORDS, "prints log lines; {where} is what stands after NAME: in the location"),
    "log_sources.*.follow": (WORDS, "goes on printing new lines"),
    "log_sources.*.output": (TEXT, "lines"),
    "log_formats.*.header": (TEXT, "a regular expression for how records begin: groups time, level, name, host"),
    "log_formats.*.time": (TEXT, "how times are written, as strptime has it, where they are not read anyway"),
    "log_formats.*.title": (TEXT, "what writes it"),
    "analyzers.*.command": (WORDS, "names places in the code; {root} and {output} are filled in"),
    "analyzers.*.output": (TEXT, "sarif, jsonl or lines (FILE:LINE: WHAT)"),
    "analyzers.*.good": (NUMBERS, "exit codes of a run that worked"),
    "analyzers.*.stdin": (_one_of("case-json"), "tells its program of the case, as JSON"),
    "runners.*.command": (WORDS, "runs tests; {tests}, {root}, {python} and {output} are filled in"),
    "runners.*.output": (TEXT, "junit or jsonl"),
    "runners.*.each": (TEXT, "how a selected test is written: {id}, {file}, {class} and {name} are filled in"),
    "runners.*.between": (TEXT, "what joins selected tests within one word"),
    "runners.*.reports": (TEXT, "pattern of the files that it writes, below the repository"),
    **{
        f"{kind}.*.{key}": said
        for kind in ("log_sources", "analyzers", "runners", "fixers", "gates")
        for key, said in {
            "title": (TEXT, "what it does"),
            "needs": (WORDS, "what must be there: command:NAME, file:PATH"),
            "timeout": (NUMBER, "seconds it may take"),
        }.items()
    },
    "plugins.*": (TABLE, "settings of a plugin, by its name"),
}
"""Dotted names, ``*`` for any one name, with the kind of value and what it is for."""


def problems(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each thing that is wrong in ``document``: the keys that lead to it, and what is wrong."""
    yield from _problems(document, ())


def _problems(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in table.items():
        path = (*above, key)
        known = lookup(path)
        if known is not None:
            if not known.holds(value):
                yield path, f"{'.'.join(path)} must be {known.words}"
        elif not _leads_on(path):
            near = get_close_matches(key, _keys(above), 1)
            meant = f"; did you mean {'.'.join((*above, near[0]))}?" if near else ""
            yield path, f"there is no setting {'.'.join(path)}{meant}"
        elif not isinstance(value, dict):
            yield path, f"{'.'.join(path)} must be a table"
        else:
            yield from _problems(value, path)


def lookup(path: tuple[str, ...]) -> Kind | None:
    """The kind of the setting at ``path``; None when it is none."""
    return next((kind for name, (kind, _) in SETTINGS.items() if _matches(name.split("."), path)), None)


def _matches(name: list[str], path: tuple[str, ...]) -> bool:
    return len(name) == len(path) and all(want in ("*", got) for want, got in zip(name, path, strict=True))


def _keys(above: tuple[str, ...]) -> list[str]:
    """The keys that a table at ``above`` may have."""
    names = (name.split(".") for name in SETTINGS)
    at = len(above)
    return sorted({name[at] for name in names if len(name) > at and _matches(name[:at], above)} - {"*"})


def _leads_on(path: tuple[str, ...]) -> bool:
    parts = (name.split(".") for name in SETTINGS)
    return any(len(name) > len(path) and _matches(name[: len(path)], path) for name in parts)
