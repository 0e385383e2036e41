"""Which Python runs the user's tests, and where the project's packages load from in it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.api import Command, Output
from workbench.case.errors import ToldError
from workbench.engine.process.commands import Commands
from workbench.engine.pythons import CONFIGURED, candidates

_SKIPPED = {".git", "node_modules", "__pycache__", "site-packages", ".tox", ".nox", "build", "dist"}
_TOPS = (".", "src", "lib")
"""Folders that hold a project's packages."""

_PROBE = """
import hashlib, importlib.metadata, importlib.util, json, sys
sys.path = [entry for entry in sys.path if entry]
names, found = json.loads(sys.argv[1]), {}
for name in names:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec is not None:
        places = list(spec.submodule_search_locations or []) or [spec.origin]
        found[name] = [place for place in places if isinstance(place, str)]
installed = sorted({f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions()})
digest = hashlib.sha256("\\n".join([sys.version, *installed]).encode()).hexdigest()
print(json.dumps({"version": sys.version.split()[0], "found": found, "environment": digest[:16],
                  "has": [name for name in ("pytest", "django") if importlib.util.find_spec(name)]}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of the user's: its path, how it was found, version, which test frameworks it has, a hash of what is
    installed.

    ``loads`` maps each of the project's top-level names that it can import to the places it would load them from;
    ``copies`` are those of its packages that it would load from nowhere but elsewhere: an installed copy, another
    checkout.
    """

    path: str
    found_by: str
    version: str
    has: frozenset[str]
    environment: str
    loads: Mapping[str, tuple[str, ...]]
    copies: tuple[str, ...] = ()


class NoInterpreterError(ToldError):
    """No Python that can run the tests was found; the message lists what was tried."""


def top_level_names(root: Path) -> dict[str, str]:
    """The project's importable top-level names with the folder (relative to ``root``) that holds each.

    A package's folder is the nearest ancestor without ``__init__.py``; at most four folders deep.
    """
    names: dict[str, str] = {}
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        depth = len(here.relative_to(root).parts)
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith(".")) if depth < 4 else []
        folders[:] = [f for f in folders if not (here / f / "pyvenv.cfg").exists()]
        if (here / "__init__.py").exists() and not (here.parent / "__init__.py").exists() and here != root:
            names.setdefault(here.name, here.parent.relative_to(root).as_posix())
            folders.clear()
        elif depth <= 1 and not (here / "__init__.py").exists():
            for name in sorted(files):
                stem, dot, suffix = name.partition(".")
                if dot and suffix == "py" and stem.isidentifier() and stem not in ("setup", "conftest", "noxfile"):
                    names.setdefault(stem, here.relative_to(root).as_posix())
    return names


def namespaces(root: Path) -> dict[str, str]:
    """Folders at the root or in ``src`` or ``lib`` that are no packages but hold Python files, with what holds each:
    namespace packages, if the project loads from them."""
    found: dict[str, str] = {}
    for top in _TOPS:
        for folder in sorted((root / top).glob("*/")):
            name = folder.name
            if name in _SKIPPED or not name.isidentifier() or (folder / "__init__.py").exists():
                continue
            if any(next(folder.glob(pattern), None) for pattern in ("*.py", "*/*.py", "*/*/*.py")):
                found.setdefault(name, top)
    return found


async def discover(
    root: Path,
    commands: Commands,
    environ: Mapping[str, str] | None = None,
    wanted: Sequence[str] = ("pytest",),
    settings: Path | None = None,
) -> Interpreter:
    """The first candidate that runs and has one of the frameworks ``wanted`` ("" for what every Python has);
    ``settings`` is a file of them that comes before the repository's.

    Raises NoInterpreterError naming what each candidate lacked, or the one that is configured and not there.
    """
    packages = top_level_names(root)
    own = sorted(name for name, folder in packages.items() if folder in _TOPS and (root / folder / name).is_dir())
    names = json.dumps(sorted(packages.keys() | namespaces(root).keys()))
    tried: list[str] = []
    for path, found_by in candidates(root, os.environ if environ is None else environ, settings):
        if not os.access(path, os.X_OK):
            if found_by.startswith(CONFIGURED):
                raise NoInterpreterError(f"{path} ({found_by}) is no program that can be run: name another Python")
            continue
        output = await commands.run(Command((path, "-c", _PROBE, names), parse_nothing, timeout=30.0, executes=True))
        if output.exit_code != 0:
            tried.append(f"{path} ({found_by}): does not run")
            continue
        data = json.loads(output.stdout)
        if not {"", *data["has"]}.intersection(wanted):
            tried.append(f"{path} ({found_by}): has no {' or '.join(wanted)}")
            continue
        loads = {name: tuple(places) for name, places in data["found"].items()}
        copies = tuple(name for name in own if loads.get(name) and not _own_places(root, loads[name]))
        return Interpreter(path, found_by, data["version"], frozenset(data["has"]), data["environment"], loads, copies)
    frameworks = " or ".join(wanted)
    raise NoInterpreterError(f"no Python with {frameworks} was found; set WORKBENCH_PYTHON. Tried: {'; '.join(tried)}")


def parse_nothing(output: Output) -> list[object]:
    """For commands whose output the caller reads itself."""
    return []


def import_roots(root: Path, interpreter: Interpreter) -> tuple[str, ...]:
    """Folders of the repository (relative, ``.`` for its root) that must lead the import path of another worktree.

    Derived from where the project's packages load in the user's environment. A package that is installed as a copy or
    from another checkout uses the folder it stands in; so does what stands at the root or in ``src`` or ``lib`` and is
    not found at all. What the standard library has of the same name is none of them.
    """
    real = root.resolve()
    roots: set[str] = set()
    packages = top_level_names(root)
    for name, folder in {**namespaces(root), **packages}.items():
        places = interpreter.loads.get(name, ())
        own = _own_places(root, places)
        roots.update(place.parent.relative_to(real).as_posix() for place in own)
        if name not in packages:
            continue
        elsewhere = places and name not in sys.stdlib_module_names and (real / folder / name).is_dir()
        if not own and (elsewhere or (not places and folder in _TOPS)):
            roots.add(folder)
    return tuple(sorted(roots, key=lambda entry: (entry == ".", entry)))


def _own_places(root: Path, places: Sequence[str]) -> list[Path]:
    """Those of ``places`` that are the repository's own files, not a library that was installed below it."""
    real = root.resolve()
    found = [Path(place).resolve() for place in places]
    return [place for place in found if place.is_relative_to(real) and "site-packages" not in place.parts]
