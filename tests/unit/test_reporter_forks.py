"""The process that runs are forked off ends by itself when it is of no more use."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import workbench_pytest


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module as it is in the user's interpreter."""
    monkeypatch.syspath_prepend(str(Path(workbench_pytest.__file__).parent / "reporter"))
    import workbench_pytest_forks

    yield workbench_pytest_forks
    del sys.modules["workbench_pytest_forks"]


def test_what_nobody_asks_any_more_in_its_time_ends(forks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    requests, ask = os.pipe()
    server = forks.Server(requests, ask, lambda request: "")
    monkeypatch.setattr(server, "lasts", lambda: 0.0)
    before = signal.getsignal(signal.SIGCHLD)
    try:
        with pytest.raises(SystemExit):
            server.serve()
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, before)
