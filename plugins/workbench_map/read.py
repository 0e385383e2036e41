"""Reads files into facts; runs in a worker."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench_map.entries import read_answered, read_middleware, read_routes
from workbench_map.facts import FileFacts
from workbench_map.functions import read_bodies, read_functions
from workbench_map.kinds import read_kinds
from workbench_map.names import dotted, imports, module_of
from workbench_map.routers import read_constants, read_lists, read_mounts

LIMIT = 1_000_000
"""Bytes of a file beyond which it is not read (generated code)."""


def read_files(repo: str, paths: Sequence[str]) -> list[Any]:
    """Facts of each file; a file that cannot be read or parsed gives its path as a string."""
    return [_read(repo, path) for path in paths]


def _read(repo: str, path: str) -> FileFacts | str:
    try:
        data = (Path(repo) / path).read_bytes()
        if len(data) > LIMIT:
            return path
        return facts_of(path, data.decode("utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return path


def facts_of(path: str, text: str) -> FileFacts:
    """The facts of one file. Raises SyntaxError, and ValueError for NUL bytes."""
    tree = ast.parse(text)
    module = module_of(path)
    names = imports(tree, module, path.endswith("__init__.py"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return FileFacts(
        path,
        module,
        tuple(read_functions(tree, names, text.splitlines())),
        tuple(read_routes(tree, path, module, names)),
        tuple((node.name, tuple(dotted(base, names) for base in node.bases)) for node in classes),
        tuple(read_middleware(tree)),
        frozenset(read_answered(tree, names)),
        (*read_mounts(tree, module, names), *read_lists(tree, module, names)),
        tuple(read_constants(tree)),
        tuple(read_bodies(tree, names, text.splitlines())),
        tuple(read_kinds(tree, module, names)),
    )
