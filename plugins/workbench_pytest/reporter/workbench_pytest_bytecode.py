"""Keeps what was compiled in a folder of the workbench's: the user's tree is not written to, and still no module is
compiled twice.

Python tells an edit by the second of its time and the length of the file: two saves in one second may pass for one.
What is kept here goes by a hash of the source instead (PEP 552), and what was saved just now is not kept.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import time
from importlib.machinery import SourceFileLoader
from typing import Any

SETTLED = 2.0
"""Seconds after a save in which a file may be saved again without its time being another one."""

_CHECKED = (3).to_bytes(4, "little")


def keep(folder: str) -> None:
    """From now on modules that are imported, and tests as pytest rewrites them, are kept in ``folder``."""
    sys.pycache_prefix = folder
    sys.dont_write_bytecode = False
    loader: Any = SourceFileLoader
    loader._cache_bytecode = _by_hash(loader._cache_bytecode)
    with contextlib.suppress(ImportError, AttributeError):
        from _pytest.assertion import rewrite

        writer: Any = rewrite
        writer._write_pyc = _settled_alone(writer._write_pyc)


def _by_hash(write: Any) -> Any:
    def cache(self: Any, source_path: Any, bytecode_path: Any, data: Any) -> None:
        if data[4:8] == bytes(4):
            with contextlib.suppress(OSError), open(source_path, "rb") as file:
                source = file.read()
                if _is_settled(os.fstat(file.fileno())):
                    digest = importlib.util.source_hash(source)
                    write(self, source_path, bytecode_path, bytes(data[:4]) + _CHECKED + digest + bytes(data[16:]))
            return
        write(self, source_path, bytecode_path, data)

    return cache


def _settled_alone(write: Any) -> Any:
    """pytest gives its source's state, or from 9 on the hash of it."""

    def cache(state: Any, code: Any, source: Any, path: Any) -> Any:
        if isinstance(source, os.stat_result) and not _is_settled(source):
            return False
        return write(state, code, source, path)

    return cache


def _is_settled(stat: os.stat_result) -> bool:
    return time.time() - stat.st_mtime > SETTLED
