"""What a migrated test database of Django's is made by, as one digest: two runs with the same may share a copy.

Runs inside the user's interpreter: standard library and Django only, Python 3.8 on.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import sys
from typing import Any


def key_of(connection: Any) -> str:
    """A digest of what a migrated database is made by."""
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    files = set()
    for folder in settings.FIXTURE_DIRS:
        files.update(_below(str(folder)))
    for app in apps.get_app_configs():
        files.update(_below(os.path.join(app.path, "fixtures")))
        module, _ = MigrationLoader.migrations_module(app.label)
        if module:
            own = module[len(app.name) :] if module.startswith(app.name + ".") else None
            base = app.path if own is not None else next(iter(_found(module)), "")
            files.update(_below(os.path.join(base, *(own or "").strip(".").split("."))))
        for model in app.get_models(include_auto_created=True):
            files.update(_file_of(kind.__module__) for kind in model.__mro__ if kind is not object)
    files.discard("")
    imported = {path for file in files if file.endswith(".py") for path in _imports(file)}
    told = [django.VERSION, sys.version, list(settings.INSTALLED_APPS), sorted(settings.MIGRATION_MODULES.items())]
    told += [connection.vendor, settings.DEFAULT_AUTO_FIELD, sorted(map(str, settings.DATABASES)), _options(connection)]
    digest = hashlib.sha256(repr(told).encode())
    for path in sorted(files | imported):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            digest.update(path.encode("utf-8", "surrogateescape") + hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:24]


def _options(connection: Any) -> str:
    """Of the settings what is the same for every run: its own name is another each time."""
    test = {key: value for key, value in connection.settings_dict["TEST"].items() if key != "NAME"}
    server = [connection.settings_dict.get(key) for key in ("ENGINE", "HOST", "PORT", "USER")]
    return repr(
        [server, sorted(map(repr, test.items())), sorted(map(repr, connection.settings_dict["OPTIONS"].items()))]
    )


def _below(folder: str) -> set[str]:
    found: set[str] = set()
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found.update(os.path.join(here, name) for name in names)
    return found


def _file_of(module: str) -> str:
    return str(getattr(sys.modules.get(module), "__file__", None) or "")


def _imports(file: str) -> set[str]:
    """The project's files that ``file`` imports by their whole names."""
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(node.module + "." + alias.name for alias in node.names)
    return {path for name in names for path in _found(name) if path.endswith(".py")}


def _found(module: str) -> list[str]:
    """Where a module of the project stands: its folder, or its file."""
    parts, found = module.split("."), []
    for base in sys.path:
        stem = os.path.join(base or os.getcwd(), *parts)
        if "site-packages" in stem or stem.startswith((sys.base_prefix + os.sep, sys.prefix + os.sep)):
            continue
        if os.path.isdir(stem):
            found += [stem, os.path.join(stem, "__init__.py")]
        elif os.path.isfile(stem + ".py"):
            found.append(stem + ".py")
    return [path for path in found if os.path.exists(path)]
