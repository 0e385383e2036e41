"""Which application a repository serves, as its files show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PLACES = ("asgi.py", "wsgi.py", "main.py", "app.py", "application.py", "server.py", "api.py", "__init__.py")
"""Files in which an application is looked for, in this order, at the root, in ``src``, and one folder deeper."""

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")
_MADE = re.compile(
    r"^(?P<name>\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:[\w.]+\.)?(?:Flask|FastAPI|Starlette|Quart|Litestar|Bottle|Falcon|App"
    r"|create_app|make_app|get_[aw]sgi_application)\(",
    re.MULTILINE,
)
_FACTORY = re.compile(r"^def (?P<name>create_app|make_app)\(\s*\)", re.MULTILINE)
_PLAIN = re.compile(r"^(?:async )?def (?P<name>app|application)\((?:environ|scope)\b", re.MULTILINE)


def django_settings(root: Path) -> str:
    """The settings module that manage.py names, empty where there is none."""
    found = _SETTINGS.search(_text(root / "manage.py"))
    return found[1] if found else ""


def application(root: Path) -> str:
    """``module:attribute`` of the first application of WSGI or ASGI that is made at the top of a usual file; with
    ``()`` where a factory makes it; empty where there is none."""
    for path, module in _places(root):
        text = _text(path)
        for pattern, end in ((_MADE, ""), (_PLAIN, ""), (_FACTORY, "()")):
            if found := pattern.search(text):
                return f"{module}:{found['name']}{end}"
    return ""


def _places(root: Path) -> Iterator[tuple[Path, str]]:
    for top in (root, root / "src"):
        folders = [top, *sorted(path.parent for path in top.glob("*/__init__.py"))]
        for folder in folders:
            for name in PLACES:
                path = folder / name
                if path.is_file() and not (folder == top and name == "__init__.py"):
                    parts = path.relative_to(top).with_suffix("").parts
                    yield path, ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
