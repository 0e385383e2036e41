"""``workbench plugins new NAME --kind KIND``: a plugin that works, as a package with a test of its contract."""

from __future__ import annotations

import argparse
import keyword
import re
import sys
from importlib import resources
from pathlib import Path
from string import Template

from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, say

KINDS = ("log_source", "log_format", "analyzer", "runner", "fixer", "gate")


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Write it and say what comes next."""
    parser = verb_parser("plugins new", "Write a plugin to begin with: a package, its entry point, its test.", common)
    parser.add_argument("name", metavar="NAME", help="its name: lower case letters, digits, underscores")
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--dir", default=".", metavar="D", help="the folder to write it into (default: this one)")
    arguments = parser.parse_args(argv)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", arguments.name):
        todo = "give lower case letters, digits and underscores"
        fail(f"{arguments.name!r} is no name of a package", "nothing was written", todo)
        return WRONG_USAGE
    if keyword.iskeyword(arguments.name) or arguments.name in sys.stdlib_module_names:
        fail(
            f"{arguments.name} is a word of Python's own: it could not be imported",
            "nothing was written",
            "give another",
        )
        return WRONG_USAGE
    folder = Path(arguments.dir, arguments.name.replace("_", "-"))
    try:
        folder.mkdir(parents=True)
        for path, text in files(arguments.name, arguments.kind).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    except OSError as error:
        fail(
            f"{folder} could not be written: {error.strerror}", "what is there was left as it is", "give another --dir"
        )
        return WRONG_USAGE
    say(f"written      {folder}")
    say(f"install it   workbench install -e {folder}")
    say("see it       workbench plugins")
    say(f"test it      pytest {folder}")
    return GOOD


def files(name: str, kind: str) -> dict[str, str]:
    """The files of a new plugin, by their path in its folder."""
    return {
        "pyproject.toml": _filled("pyproject.toml.txt", name, kind),
        f"src/{name}/__init__.py": _filled(f"{kind}.py.txt", name, kind),
        f"tests/test_{name}.py": _filled(f"test_{kind}.py.txt", name, kind),
    }


def _filled(template: str, name: str, kind: str) -> str:
    text = resources.files("workbench.cli.scaffold").joinpath(template).read_text(encoding="utf-8")
    return Template(text).substitute(name=name, distribution=name.replace("_", "-"), kind=kind)
