"""Runs a project's application for a moment, on a database of its own. Runs under the project's interpreter.

    workbench_throwaway.py prepare SPEC   make the database; prints one JSON line, databases and addresses by alias
    workbench_throwaway.py serve SPEC     serve on a free port of the loopback; prints one JSON line, the port
    workbench_throwaway.py query SPEC     print as one JSON line the first value that a query gives
    workbench_throwaway.py finish SPEC    remove the database

SPEC is JSON: ``root``, ``folder``, ``app`` (module:attribute, empty for Django), ``settings`` (Django's module),
``databases`` (alias to name, from prepare), ``prepare`` (management commands), ``later`` (seconds by which the clock is
ahead), ``proxies`` (address to name, instead of their own), ``query`` (alias, SQL). Only the standard library and the
project are imported.
"""

from __future__ import annotations

import datetime as clock
import json
import os
import re
import sys
import time
from datetime import datetime as real
from importlib import import_module
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request."""

    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    """Logs nothing: the application's own log is what counts."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Nothing."""

    def address_string(self) -> str:
        """No look-up of names."""
        return str(self.client_address[0])


def set_clock(seconds: float) -> None:
    """Let ``time`` and ``datetime`` be ``seconds`` ahead, for everything that is imported from now on."""
    real_time, ahead = time.time, clock.timedelta(seconds=seconds)

    class Meta(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, real)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, real)

    class Later(real, metaclass=Meta):
        """Only the present is another; what it makes are real ones."""

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return real(*args, **kwargs)  # noqa: DTZ001 - as it is called

        @classmethod
        def now(cls, tz: clock.tzinfo | None = None) -> Any:
            return real.now(tz) + ahead

        @classmethod
        def utcnow(cls) -> Any:
            return real.now(clock.UTC).replace(tzinfo=None) + ahead

        @classmethod
        def today(cls) -> Any:
            return real.now() + ahead  # noqa: DTZ005 - what it stands for has no zone either

    time.time = lambda: real_time() + seconds
    setattr(clock, "datetime", Later)  # noqa: B010 - a module has no such place for a type checker


def set_up(spec: dict[str, Any]) -> None:
    """Django with its databases pointed at those of this run."""
    os.environ["DJANGO_SETTINGS_MODULE"] = spec["settings"]
    settings: Any = import_module("django.conf").settings
    for alias, database in settings.DATABASES.items():
        own = str(Path(spec["folder"]) / f"{alias}.sqlite3")
        name = own if database["ENGINE"].endswith("sqlite3") else f"workbench_{alias}_{os.getpid()}"
        database["TEST"] = dict(database.get("TEST", {}), NAME=name)
        if alias in spec["databases"]:
            database["NAME"] = spec["databases"][alias]
        if proxy := spec["proxies"].get(f"database {alias}"):
            database["HOST"], database["PORT"] = proxy
    for alias, cache in settings.CACHES.items():
        if any(name in spec["proxies"] for name, _, _ in cache_servers(alias, cache)):
            cache["LOCATION"] = [moved(url, spec["proxies"].get(name)) for name, url, _ in cache_servers(alias, cache)]
    import_module("django").setup()


def addresses() -> dict[str, list[Any]]:
    """Host and port of each database and cache that is reached over TCP."""
    settings: Any = import_module("django.conf").settings
    found: dict[str, list[Any]] = {}
    usual = {"postgresql": 5432, "mysql": 3306, "oracle": 1521}
    for alias, database in settings.DATABASES.items():
        kind = database["ENGINE"].rpartition(".")[2]
        host = str(database.get("HOST") or "")
        if kind in usual and host and not host.startswith("/"):
            found[f"database {alias}"] = [host, int(database.get("PORT") or usual[kind])]
    for alias, cache in settings.CACHES.items():
        found.update({name: list(place) for name, _, place in cache_servers(alias, cache) if place})
    return found


def cache_servers(alias: str, cache: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """(name, address as it is set, host and port) of each server of a cache; no place for one that is not reached over
    plain TCP: a socket file, or TLS, whose certificate a proxy has not."""
    location = cache.get("LOCATION") or ()
    addresses = re.split("[;,]", location) if isinstance(location, str) else [str(each) for each in location]
    memcached = "memcached" in str(cache.get("BACKEND", "")).lower()
    found: list[tuple[str, str, Any]] = []
    for number, text in enumerate(addresses, 1):
        parts = urlsplit(text if "://" in text else f"//{text}")
        tcp = parts.scheme in ("redis", "valkey") or (memcached and not parts.scheme and not text.startswith("unix:"))
        place = (parts.hostname, parts.port or (6379 if parts.scheme else 11211)) if tcp and parts.hostname else None
        found.append((f"cache {alias}" + (f" {number}" if len(addresses) > 1 else ""), text, place))
    return found


def moved(text: str, proxy: Any) -> str:
    """An address with the proxy's in the place of its own."""
    if not proxy:
        return text
    scheme, _, rest = text.rpartition("//")
    netloc, slash, path = rest.partition("/")
    user, at, _ = netloc.rpartition("@")
    return f"{scheme}{'//' if scheme else ''}{user}{at}{proxy[0]}:{proxy[1]}{slash}{path}"


def query(spec: dict[str, Any]) -> Any:
    """The first value that a query gives."""
    alias, sql = spec["query"]
    connection: Any = import_module("django.db").connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


def prepare(spec: dict[str, Any]) -> dict[str, str]:
    """Create and migrate the databases, then run the management commands that fill them."""
    connections: Any = import_module("django.db").connections
    names = {}
    for alias in connections:
        connection = connections[alias]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        names[alias] = str(connection.settings_dict["NAME"])
    management = import_module("django.core.management")
    for words in spec["prepare"]:
        management.call_command(*words, stdout=sys.stderr)
    return names


def finish(spec: dict[str, Any]) -> None:
    """Drop the databases."""
    connections: Any = import_module("django.db").connections
    for alias, name in spec["databases"].items():
        connections[alias].creation.destroy_test_db(name, verbosity=0)


def application(spec: dict[str, Any]) -> Any:
    """The application by WSGI; one of ASGI is served by it, and ``module:make()`` is called."""
    if not spec["app"]:
        return import_module("django.core.wsgi").get_wsgi_application()
    module, _, attribute = spec["app"].partition(":")
    found = getattr(import_module(module), (attribute or "app").removesuffix("()"))
    made = found() if attribute.endswith("()") else found
    sys.path.append(str(Path(__file__).resolve().parent))
    bridge: Any = import_module("workbench_asgi")
    return bridge.as_wsgi(made) if bridge.is_asgi(made) else told_apart(made)


def told_apart(app: Any) -> Any:
    """``app``, whose own broken connections are errors as any other: wsgiref takes each for a client that went away."""

    def call(environ: Any, start_response: Any) -> Any:
        try:
            return app(environ, start_response)
        except ConnectionError as broken:
            raise RuntimeError("the application met a broken connection") from broken

    return call


def main(what: str, spec: dict[str, Any]) -> None:
    """Do what the first argument says."""
    sys.path.insert(0, spec["root"])
    os.chdir(spec["root"])
    if spec["later"]:
        set_clock(spec["later"])
    if not spec["app"]:
        set_up(spec)
    if what == "prepare":
        print(json.dumps({"databases": prepare(spec), "addresses": addresses()}), flush=True)
    elif what == "query":
        print(json.dumps(query(spec), default=str), flush=True)
    elif what == "finish":
        finish(spec)
    else:
        server = make_server("127.0.0.1", 0, application(spec), server_class=Server, handler_class=Quiet)
        print(json.dumps(server.server_port), flush=True)
        server.serve_forever()


if __name__ == "__main__":
    HERE = str(Path(__file__).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if entry != HERE]
    main(sys.argv[1], json.loads(sys.argv[2]))
