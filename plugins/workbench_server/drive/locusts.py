"""The project's own locustfile as load, run by the project's Locust."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench_server.drive.client import Answer
from workbench_server.drive.figures import Timed
from workbench_server.drive.servers import Remote, Side, StartError, free_port

TELLER = Path(__file__).parent.parent / "throwaway" / "workbench_locust.py"
GRACE = 60.0
"""Seconds that Locust may take more than it was told to."""

WAIT = 60.0
"""Seconds that workers of other machines are waited for."""

START = "start them by `while locust --worker --master-host ADDRESS -f FILE; do :; done`"

PORT = 5557
"""Where workers of other machines find their master: Locust's own choice."""

_STATUS = re.compile(r"\b([1-5]\d\d) (?:Client|Server) Error")
_TIMEOUT = re.compile(r"time(?:d )?-?out", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Locusts:
    """``processes`` on this machine share the work (Locust's own master and workers) where there are more than one;
    where ``workers`` of other machines are waited for, this one is their master alone."""

    file: str
    processes: int = 1
    workers: int = 0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Locusts | None:
        """As the settings of the load say; None where no locustfile is named."""
        if not settings.get("locustfile"):
            return None
        return cls(settings["locustfile"], int(settings.get("processes", 1)), int(settings.get("workers", 0)))

    def run(self, side: Side | Remote, clients: int, seconds: float) -> list[Timed]:
        """What the server answered. Raises StartError where Locust is absent or fails."""
        file = Path(side.root) / self.file
        if not file.is_file():
            raise StartError(f"{side.name}: there is no locustfile {self.file}")
        with tempfile.TemporaryDirectory(prefix="workbench-locust-") as folder:
            told = Path(folder) / "told.json"
            words = [*_locust(side), *self._words(file, side, clients, seconds)]
            environment = {**side.environment(), "WORKBENCH_TOLD": str(told)}
            try:
                done = subprocess.run(
                    words,
                    cwd=side.root,
                    env=environment,
                    capture_output=True,
                    timeout=seconds + GRACE + WAIT * bool(self.workers),
                    check=False,
                )
            except subprocess.TimeoutExpired as late:
                raise StartError(f"{side.name}: locust did not end in time") from late
            if b"Gave up waiting for workers" in done.stderr:
                absent = f"{side.name}: {self.workers} workers did not come to port {PORT} within {WAIT:.0f} s"
                raise StartError(f"{absent} (each run ends them: {START})")
            if not told.is_file():
                lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
                raise StartError(f"{side.name}: locust: {lines[-1][:300] if lines else f'exit {done.returncode}'}")
            return list(answers_of(json.loads(told.read_text(encoding="utf-8")), seconds))

    def _words(self, file: Path, side: Side | Remote, clients: int, seconds: float) -> list[str]:
        words = ["--headless", "--only-summary", "--exit-code-on-error", "0", "--stop-timeout", "2"]
        words += ["-f", f"{TELLER},{file}", "--host", side.url, "-u", str(clients), "-r", str(clients)]
        words += ["-t", f"{max(1, round(seconds))}s"]
        if self.workers:
            wait = ["--expect-workers", str(self.workers), "--expect-workers-max-wait", f"{WAIT:.0f}"]
            return [*words, "--master", "--master-bind-port", str(PORT), *wait]
        if self.processes > 1:
            here, port = "127.0.0.1", str(free_port())
            words += ["--processes", str(self.processes), "--master-bind-host", here, "--master-bind-port", port]
            words += ["--master-host", here, "--master-port", port]
        return words


def _locust(side: Side | Remote) -> list[str]:
    """Locust of the project's Python, else the one on PATH."""
    asked = [side.interpreter, "-c", "import importlib.util, sys; sys.exit(not importlib.util.find_spec('locust'))"]
    if subprocess.run(asked, cwd=side.folder, capture_output=True, check=False).returncode == 0:
        return [side.interpreter, "-m", "locust"]
    if found := shutil.which("locust"):
        return [found]
    raise StartError("load.locustfile needs Locust, in the project's Python or on PATH")


def answers_of(told: Mapping[str, Any], seconds: float) -> Iterator[Timed]:
    """The answers behind Locust's statistics: how many took how long, and of the failed ones what was said.

    Which of an endpoint's answers was the slow one is not told, so that failures take their times in order; when they
    came is told by the second.
    """
    first = min(map(int, told["per_second"]), default=0)
    times = {
        "good": _seconds_of(told["per_second"], told["fails"], first),
        "bad": _seconds_of(told["fails"], {}, first),
    }
    for entry in told["entries"]:
        where = f"{entry['method']} {entry['name']}".strip()
        took = [float(ms) / 1000 for ms, count in entry["times"].items() for _ in range(count)]
        errors = [text for text, count in entry["errors"].items() for _ in range(count)]
        for at in range(max(entry["requests"], len(errors))):
            error = errors[at] if at < len(errors) else ""
            second = next(times["bad" if error else "good"], 0.0)
            yield where, _answer(error, took[at] if at < len(took) else 0.0), min(second, seconds)


def _answer(error: str, took: float) -> Answer:
    if not error:
        return Answer(200, seconds=took)
    if found := _STATUS.search(error):
        return Answer(int(found[1]), seconds=took)
    if _TIMEOUT.search(error):
        return Answer(0, seconds=took, error="timeout")
    lost = re.search(r"Connection|RemoteDisconnected|refused|reset", error)
    return Answer(0 if lost else 200, seconds=took, error=error)


def _seconds_of(counts: Mapping[str, int], less: Mapping[str, int], first: int) -> Iterator[float]:
    """The second of each request after ``first``, from counts by second since 1970."""
    for second, count in sorted(counts.items(), key=lambda item: int(item[0])):
        yield from [float(int(second) - first)] * max(0, count - less.get(second, 0))
