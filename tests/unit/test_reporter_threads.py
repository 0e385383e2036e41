"""A hook that cannot be installed at once costs no thread: before Python 3.12 ``threading.settrace`` let it die."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import workbench_pytest


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module as it is in the user's interpreter."""
    monkeypatch.syspath_prepend(str(Path(workbench_pytest.__file__).parent / "reporter"))
    import workbench_pytest_threads

    yield workbench_pytest_threads
    del sys.modules["workbench_pytest_threads"]


def test_a_hook_that_another_thread_is_in_the_way_of_is_tried_again(threads: Any) -> None:
    tried: list[int] = []
    ran: list[int] = []

    def install() -> None:
        tried.append(threading.get_ident())
        if len(tried) < 3:
            raise RuntimeError("Cannot install a trace function while another trace function is being installed")

    end = threads.in_new_threads(install)
    try:
        thread = threading.Thread(target=lambda: ran.append(threading.get_ident()))
        thread.start()
        thread.join()
    finally:
        end()
    assert tried == ran * 3, "in the new thread, before its first line"
    threading.Thread(target=lambda: ran.append(0)).start()
    assert len(tried) == 3, "no longer"


def test_a_hook_that_never_can_be_installed_costs_no_thread_either(
    threads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "TRIES", 3)
    tried: list[int] = []
    ran: list[int] = []

    def install() -> None:
        tried.append(1)
        raise RuntimeError

    end = threads.in_new_threads(install)
    try:
        thread = threading.Thread(target=lambda: ran.append(1))
        thread.start()
        thread.join()
    finally:
        end()
    assert (len(tried), ran) == (3, [1])
