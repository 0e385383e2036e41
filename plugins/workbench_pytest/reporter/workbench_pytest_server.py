"""A fork server for pytest in the user's interpreter: what is slow to import is there before a run is asked for.

``python -m workbench_pytest_server``, WORKBENCH_PRELOAD a JSON list of modules. A request is a line on standard input,
``{"id": ..., "argv": [...], "env": {...}, "cwd": ..., "stderr": ...}`` or ``{"stop": seconds, "pid": ...}``; an answer
is a line on standard output: ``ready``, to the request of that id ``started`` (with the process id) or ``refused``
(with the reason), and ``exit`` with ``pid``. Several runs may be under way. Pytest's plugins are not preloaded, but for
its own parts and our reporter: imported outside of its import hook they would not be rewritten, and a project that
makes warnings errors would run no test.

A request with ``"collect": number`` makes a template (workbench_pytest_template): a child that collects all tests while
nothing else runs, and then forks runs itself; it says ``collected`` or ``uncollected`` (why). A request that says what
``changed`` since then is for it; so is ``{"look": [...]}``, files that were saved and will be asked for. ``{"forget":
true}`` ends it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import warnings
from typing import Any

from workbench_pytest_forks import (
    Server,
    be_apart,
    errors_to,
    held,
    refusal,
    send,
)


def _preload() -> None:
    names = json.loads(os.environ.pop("WORKBENCH_PRELOAD", "[]"))
    os.environ.pop("WORKBENCH_EVENTS", None)  # no run begins here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import _pytest.config

        parts = ["_pytest." + name for name in _pytest.config.default_plugins]
        for name in ["pytest", *parts, "workbench_pytest_reporter", *names]:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.collect()  # no freeze: gc would tell tests of no referrers of what is imported here


def _become(request: dict[str, Any]) -> None:
    """In the child: be what ``python -m pytest`` would be."""
    be_apart()
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    errors_to(request["stderr"], 2)
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.path[0] = os.getcwd()
    sys.argv[:] = [sys.modules["pytest"].__file__ or "pytest", *request["argv"]]
    sys.modules["workbench_pytest_reporter"].begin()


class _Main(Server):
    """The server that the workbench starts. The template collects while no run of ours is under way."""

    template = _collected = 0
    _to_template = -1

    def take(self, request: dict[str, Any], line: bytes) -> bool:
        """Do one request, or hand it on; True in the child that it made."""
        if "forget" in request:
            self._forget()
        elif "changed" in request or "look" in request or ("stop" in request and not self.has(request["pid"])):
            self._hand_on(request, line)
        elif "collect" in request:
            self._forget()
            return self._collect(request)
        elif super().take(request, line):
            self._close_template()
            return True
        elif self.template and self.runs:
            os.kill(self.template, signal.SIGSTOP)
        return False

    def reap(self) -> None:
        """Tell of what has ended; let the template go on when nothing runs."""
        super().reap()
        if self.template and os.waitpid(self.template, os.WNOHANG)[0]:
            self.say(uncollected="its process has ended", of=self._collected)
            self._close_template()
            self.template = 0
        elif self.template and not self.runs:
            os.kill(self.template, signal.SIGCONT)

    def end(self) -> None:
        """Nobody asks any more."""
        self._forget()
        super().end()

    def _collect(self, request: dict[str, Any]) -> bool:
        """True in the child that becomes the template."""
        self._collected = request["collect"]
        known = os.path.isdir("/proc/self/fd")
        why = self._refuses(request) or ("" if known else "what is open is not known on this system")
        if why:
            self.say(uncollected=why, of=self._collected)
            return False
        theirs, self._to_template = os.pipe()
        answers = os.dup(1)
        pid = os.fork()
        if pid:
            os.close(theirs)
            os.close(answers)
            self.template = pid
            return False
        os.close(self._to_template)
        os.environ["WORKBENCH_TEMPLATE"] = " ".join(map(str, (theirs, answers, self._collected)))
        return True

    def _hand_on(self, request: dict[str, Any], line: bytes) -> None:
        try:
            os.kill(self.template or os.getpid(), signal.SIGCONT)
            os.write(self._to_template, line + b"\n")
        except OSError:
            if "changed" in request:
                self.say(id=request["id"], refused="there is no template")

    def _forget(self) -> None:
        if self.template:
            send(self.template, signal.SIGKILL)
            os.waitpid(self.template, 0)
            self._close_template()
            self.template = 0

    def _close_template(self) -> None:
        if self._to_template >= 0:
            os.close(self._to_template)
            self._to_template = -1


if __name__ == "__main__":
    before = held()
    _preload()
    server = _Main(0, 1, lambda request: refusal(before))
    server.say(ready=True)
    _become(server.serve())
    import pytest

    sys.exit(pytest.console_main())
