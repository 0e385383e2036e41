"""WB112: an exception class of the application's own that is raised and that nothing catches anywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule
from workbench_rules.uncaught import facts, uncaught

MESSAGE = "no code catches {name}, nor a base of it: where it is raised, the answer is a 500"


def _check(module: Module) -> Iterator[Hit]:
    found = {throw.line: throw.name for throw in uncaught([facts(module)])}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.lineno in found:
            yield Hit(node, MESSAGE.format(name=found[node.lineno]))


RULE = Rule(
    id="WB112",
    title="custom exception that nothing catches",
    why="It was given a name so that somebody could answer it; nobody does, and the framework answers 500.",
    severity=Severity.ERROR,
    check=_check,
    whole=True,
    pack="more",
    bad=(
        "from flask import Flask\n\napp = Flask(__name__)\n\n"
        "class Conflict(Exception):\n    pass\n\n"
        "def refresh(request):\n    raise Conflict()\n"
    ),
    good=(
        "from flask import Flask\n\napp = Flask(__name__)\n\n"
        "class Conflict(Exception):\n    pass\n\n"
        "def refresh(request):\n"
        "    try:\n        return exchange(request)\n    except Conflict:\n        return error(409)\n\n"
        "def exchange(request):\n    raise Conflict()\n"
    ),
)
