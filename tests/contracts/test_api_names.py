"""What a plugin may import: every name that type checkers see is there when it is asked for, and no other."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from workbench import api
from workbench.api.places import MODULES


def declared() -> dict[str, str]:
    """The module of each name of the block that only type checkers read."""
    tree = ast.parse(Path(api.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    found: dict[str, str] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module is not None
        names = [alias.name for alias in node.names]
        if names == ["*"]:
            names = list(import_module(node.module).__all__)
        found |= dict.fromkeys(names, node.module)
    return found


def test_what_is_declared_is_what_is_given() -> None:
    assert declared().keys() == MODULES.keys()
    for name, module in declared().items():
        assert getattr(api, name) is getattr(import_module(module), name)


def test_a_name_that_is_not_there_is_refused_as_ever() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(api, "nothing")  # noqa: B009 - a name that type checkers would refuse
    with pytest.raises(ImportError):
        exec("from workbench.api import nothing")


def test_a_worker_that_reads_one_file_imports_neither_the_case_nor_the_loop() -> None:
    for module in ("workbench_debt.measure", "workbench_map.read", "workbench.analysis.index"):
        said = f"import sys, {module}; print([m for m in ('asyncio', 'workbench.case.state') if m in sys.modules])"
        assert subprocess.run([sys.executable, "-c", said], capture_output=True, check=True).stdout == b"[]\n"
