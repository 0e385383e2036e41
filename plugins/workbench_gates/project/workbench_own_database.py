"""A database of our own in place of the one that a project's SQLAlchemy would connect to. Runs in the project's Python.

Every way to make an engine is replaced before the project is imported, so that whatever address the project takes, its
engines lead to ours.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any


class Asked(BaseException):
    """The project makes an engine: the address says for what kind of database."""


def replace_engines(make: Any) -> Any:
    """From now on ``make(url, **words)`` makes every engine; gives what made them before."""
    create: Any = import_module("sqlalchemy.engine.create")
    real = create.create_engine
    for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.create"):
        import_module(name).__dict__["create_engine"] = make
    with suppress(ImportError):
        import_module("sqlalchemy.ext.asyncio.engine").__dict__["_create_engine"] = make
    return real


class Database:
    """A database of our own: a file, or one on the server that the project uses, made and dropped."""

    def __init__(self, asked: str, folder: str) -> None:
        sqlalchemy: Any = import_module("sqlalchemy")
        url = sqlalchemy.make_url(asked)
        self.vendor: str = url.get_backend_name()
        self._driver: str = url.drivername
        self._server = None
        self.real: Any = None
        if self.vendor == "sqlite":
            self.url = sqlalchemy.make_url(f"sqlite:///{Path(folder) / 'migration.sqlite3'}")
        else:
            plain = url.set(drivername=_synchronous(self.vendor, url.drivername))
            self._server = plain.set(database="postgres" if self.vendor == "postgresql" else None)
            self.url = plain.set(database=f"workbench_migration_{os.getpid()}")

    def __enter__(self) -> Database:
        self.real = replace_engines(self.engine)
        self._say(f"CREATE DATABASE {self.url.database}")
        return self

    def __exit__(self, *_: object) -> None:
        force = " WITH (FORCE)" if self.vendor == "postgresql" else ""
        with suppress(Exception):
            self._say(f"DROP DATABASE {self.url.database}{force}")

    def engine(self, url: Any, **words: Any) -> Any:
        """An engine on our database, by the driver that was asked for."""
        asked = import_module("sqlalchemy").make_url(url)
        same = asked.get_backend_name() == self.vendor
        return self.real(self.url.set(drivername=asked.drivername) if same else self.url, **words)

    def own(self) -> Any:
        """An engine of ours, without a pool."""
        return self.real(self.url, poolclass=import_module("sqlalchemy.pool").NullPool)

    def _say(self, sql: str) -> None:
        if self._server is not None:
            engine = self.real(self._server, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(sql)
            engine.dispose()


def _synchronous(vendor: str, driver: str) -> str:
    """A driver that a thread can use: the project's, else one that is there."""
    known = {"postgresql": ("psycopg", "psycopg2"), "mysql": ("pymysql", "MySQLdb"), "mariadb": ("pymysql", "MySQLdb")}
    if "async" not in driver and "aio" not in driver:
        return driver
    for name in known.get(vendor, ()):
        with suppress(ImportError):
            import_module(name)
            return f"{vendor}+{name}"
    raise SystemExit(
        f"{driver} needs a synchronous driver beside it to be probed: {' or '.join(known.get(vendor, ()))}"
    )
