"""Django's test databases: filled from a copy instead of by migrations, and dropped where a run could not do it.

Runs inside the user's interpreter: standard library and Django only, Python 3.8 on. ``keep(folder)`` is called before
test databases are made. What stands in ``folder`` is this repository's alone: notes of databases that were made (JSON),
and copies of SQLite ones. With WORKBENCH_KEEP a database that was just migrated is copied, as a file or as a database
that is PostgreSQL's template; the next run begins with the copy, as it was before any test. A copy is one's as long as
the models, the migrations, what these import, fixtures and settings are the same.

``python workbench_kept_databases.py FOLDER`` drops all that is noted there and not in use.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import sqlite3
import sys
from typing import Any

from workbench_database_key import key_of

_LONGEST = 63
_SERVERS = ("postgresql", "mysql")
_wrapped: list[Any] = []


def keep(folder: str) -> None:
    """From now on note, fill and keep test databases; before one is made those of processes that are no more go."""
    from django.db.backends.base.creation import BaseDatabaseCreation as Creation

    os.makedirs(folder, mode=0o700, exist_ok=True)
    if not _wrapped:
        _wrapped.extend((Creation.create_test_db, Creation.destroy_test_db))
    create, destroy = _wrapped

    def created(self: Any, *args: Any, **kwargs: Any) -> Any:
        drop(folder, _is_left)
        return _Kept(self, folder).create(lambda: create(self, *args, **kwargs))

    def destroyed(self: Any, *args: Any, **kwargs: Any) -> Any:
        name = str(self.connection.settings_dict["NAME"])
        result = destroy(self, *args, **kwargs)
        _forget(folder, name)
        return result

    Creation.create_test_db, Creation.destroy_test_db = created, destroyed


def drop(folder: str, over: Any) -> None:
    """Drop the databases whose note is ``over``; one that is still in use stays, and so does its note."""
    from django.db import DatabaseError, connections

    for path in glob.glob(os.path.join(glob.escape(folder), "*.json")):
        note = _read(path)
        if not note or not over(note) or note["alias"] not in connections:
            continue
        connection = connections[note["alias"]]
        try:
            if note["vendor"] == "sqlite":
                for file in (note["name"], note["name"] + "-wal", note["name"] + "-shm", note["name"] + "-journal"):
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(file)
            elif connection.vendor == note["vendor"]:
                with connection.creation._nodb_cursor() as cursor:
                    cursor.execute("DROP DATABASE IF EXISTS " + connection.ops.quote_name(note["name"]))
        except (DatabaseError, OSError):
            continue
        _forget(folder, note["name"])


class _Kept:
    """The test database of one connection, and the copy of it that is kept."""

    def __init__(self, creation: Any, folder: str) -> None:
        self._creation = creation
        self._connection = creation.connection
        self._folder = folder
        self._name = str(creation._get_test_db_name())
        self._vendor = self._connection.vendor
        self._held: Any = None
        self._copy = ""
        if os.environ.get("WORKBENCH_KEEP") and self._connection.settings_dict["TEST"].get("MIGRATE") is not False:
            known = key_of(self._connection)
            name = hashlib.sha256(json.dumps([folder, self._connection.alias]).encode()).hexdigest()[:12]
            if self._vendor == "sqlite":
                self._copy = os.path.join(folder, name + "-" + known + ".sqlite3")
            elif self._vendor == "postgresql":
                self._copy = ("workbench_" + name + "_" + known)[:_LONGEST]

    def create(self, create: Any) -> Any:
        """Create it by ``create``, from the copy where there is one; else a copy is kept of what it made."""
        in_memory = self._vendor == "sqlite" and "mode=memory" in self._name
        if (self._vendor == "sqlite" or self._vendor in _SERVERS) and not in_memory:
            self._note(self._name, os.getpid())
        if not self._copy:
            return create()
        if not self._is_there():
            result = create()
            self._save()
            return result
        test, before = self._connection.settings_dict["TEST"], self._connection.settings_dict["TEST"].get("TEMPLATE")
        make = self._creation._create_test_db

        def filled(*args: Any, **kwargs: Any) -> Any:
            made = make(*args, **kwargs)
            self._fill(in_memory)
            return made

        if self._vendor == "sqlite":
            self._creation._create_test_db = filled
        else:
            test["TEMPLATE"] = self._copy
        try:
            return create()
        finally:
            if self._vendor == "sqlite":
                del self._creation._create_test_db
            else:
                test["TEMPLATE"] = before
            if self._held is not None:
                self._held.close()

    def _is_there(self) -> bool:
        if self._vendor == "sqlite":
            return os.path.exists(self._copy)
        with self._creation._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s", [self._copy])
            return cursor.fetchone() is not None

    def _fill(self, in_memory: bool) -> None:
        """Into a new SQLite database; one in memory lives as long as somebody holds it."""
        self._held = sqlite3.connect(self._name, uri=in_memory)
        with contextlib.closing(sqlite3.connect(self._copy)) as source:
            source.backup(self._held)

    def _save(self) -> None:
        """Keep a copy, and none of how it was before; without one the next run migrates again."""
        from django.db import DatabaseError

        mine = {"alias": self._connection.alias, "pid": 0}
        try:
            self._note(self._copy, 0)
            if self._vendor == "sqlite":
                made = self._copy + "." + str(os.getpid())
                with contextlib.closing(sqlite3.connect(made)) as target:
                    self._connection.ensure_connection()
                    self._connection.connection.backup(target)
                os.replace(made, self._copy)
            else:
                self._connection.close()
                quoted = self._connection.ops.quote_name
                with self._creation._nodb_cursor() as cursor:
                    cursor.execute("CREATE DATABASE " + quoted(self._copy) + " TEMPLATE " + quoted(self._name))
                self._connection.ensure_connection()
        except (DatabaseError, sqlite3.Error, OSError):
            return
        drop(self._folder, lambda note: note["name"] != self._copy and {key: note[key] for key in mine} == mine)

    def _note(self, name: str, pid: int) -> None:
        """Before it is made: whoever comes later can drop it."""
        known = [entry for entry in sys.path if entry]
        note = {"name": name, "vendor": self._vendor, "alias": self._connection.alias, "pid": pid, "path": known}
        note["settings"] = os.environ.get("DJANGO_SETTINGS_MODULE", "")
        path = _note_of(self._folder, name)
        with open(path + "." + str(os.getpid()), "w", encoding="utf-8") as file:
            json.dump(note, file)
        os.replace(path + "." + str(os.getpid()), path)


def _is_left(note: Any) -> bool:
    """Whether its process is no more; a copy has none."""
    return bool(note["pid"]) and not _lives(note["pid"])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _note_of(folder: str, name: str) -> str:
    return os.path.join(folder, hashlib.sha256(name.encode()).hexdigest()[:20] + ".json")


def _read(path: str) -> Any:
    with contextlib.suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
        return json.load(file)
    return None


def _forget(folder: str, name: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(_note_of(folder, name))


def main(folder: str) -> None:
    """Drop all, with the settings that the notes name."""
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.json"))):
        note = _read(path)
        if note and note["settings"]:
            os.environ["DJANGO_SETTINGS_MODULE"] = note["settings"]
            sys.path.extend(entry for entry in note["path"] if entry not in sys.path)
            drop(folder, lambda note: not note["pid"] or _is_left(note))
            return


if __name__ == "__main__":
    main(sys.argv[1])
