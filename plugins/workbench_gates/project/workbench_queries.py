"""Counts the queries that Django sends during each test, from inside the user's pytest. Standard library and pytest.

Loaded by ``PYTEST_PLUGINS``; ``WORKBENCH_QUERIES`` names the file that gets a line of JSON a test.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from typing import Any

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: Any) -> Any:
    """Around the test itself, its fixtures aside."""
    count = 0

    def counted(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        database = sys.modules.get("django.db")
        if database is not None:
            for connection in database.connections.all():
                stack.enter_context(connection.execute_wrapper(counted))
        yield
    if database is not None:
        line = json.dumps([item.nodeid, count]) + "\n"
        out = os.open(os.environ["WORKBENCH_QUERIES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(out, line.encode())
        os.close(out)
