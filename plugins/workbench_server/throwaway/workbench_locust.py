"""Tells what Locust counted, at its end: loaded beside the project's locustfile. Runs under the project's Locust."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from locust import events


def _counts(entry: Any, errors: Any) -> dict[str, Any]:
    own = [each for each in errors if (each.method, each.name) == (entry.method, entry.name)]
    said: dict[str, int] = {}
    for each in own:
        said[str(each.error)] = said.get(str(each.error), 0) + each.occurrences
    times = {str(ms): count for ms, count in entry.response_times.items()}
    return {
        "method": entry.method or "",
        "name": entry.name,
        "requests": entry.num_requests,
        "times": times,
        "errors": said,
    }


def told(environment: Any, **_: Any) -> None:
    """Write the statistics of a master, or of the only process; workers say theirs to their master."""
    if type(environment.runner).__name__ == "WorkerRunner":
        return
    stats = environment.stats
    errors = list(stats.errors.values())
    document = {
        "entries": [_counts(entry, errors) for entry in stats.entries.values()],
        "per_second": {str(int(second)): count for second, count in stats.total.num_reqs_per_sec.items()},
        "fails": {str(int(second)): count for second, count in stats.total.num_fail_per_sec.items()},
    }
    Path(os.environ["WORKBENCH_TOLD"]).write_text(json.dumps(document), encoding="utf-8")


_quitting: Any = events.quitting
_quitting.add_listener(told)
