"""Several services behind one command: what only one of them says is judged by the time that its own log covers."""

from __future__ import annotations

import time

import pytest

from tests.programs import Programs
from tests.programs import programs as programs

START = 1_767_258_000
"""2026-01-01 09:00 UTC."""


def line(at: float, prefix: str, text: str) -> str:
    return f"{prefix}{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(START + at))}.000000000Z {text}\n"


def written(web: str, jobs: str) -> str:
    """Four hours of ``web``, which fails in the last of them; ``jobs`` ran in the first two, and always failed."""
    records = [(n * 20.0, web, "INFO page served") for n in range(720)]
    records += [(n * 300.0, web, "ERROR retried") for n in range(48)]
    records += [(3 * 3600 + n * 20.0, web, "ERROR no such table") for n in range(180)]
    records += [(n * 20.0, jobs, "INFO job done") for n in range(360)]
    records += [(n * 60.0, jobs, "ERROR queue is full") for n in range(120)]
    return "".join(line(*record) for record in sorted(records))


@pytest.mark.parametrize(
    ("location", "web", "jobs"),
    [("compose:", "web-1   | ", "jobs-1  | "), ("k8s:shop/web", "[pod/web-7d9f-x2x/web] ", "[pod/web-7d9f-x2x/jobs] ")],
)
def test_a_service_that_ended_before_the_other_failed_has_no_errors_that_are_gone(
    location: str, web: str, jobs: str, programs: Programs
) -> None:
    pod = '{"items": [{"kind": "Pod", "metadata": {"name": "web"}, "status": {}}]}'
    programs.add("docker", ("compose logs", written(web, jobs), "", 0))
    programs.add("kubectl", ("get", pod, "", 0), ("logs", written(web, jobs), "", 0))
    said = programs.logs(location)
    trends = {error["message"]: error["trend"] for error in said["errors"]}
    assert trends == {"no such table": "new", "retried": "as_always", "queue is full": "unknown"}
    assert said["sources"][0]["records"] == 720 + 48 + 180 + 360 + 120
    assert "its logs end before" in next(each["why"] for each in said["errors"] if each["message"] == "queue is full")


def test_a_compose_that_breaks_off_keeps_what_came_and_says_why(programs: Programs) -> None:
    programs.add("docker", ("compose logs", written("web-1 | ", "jobs-1 | ") + "error: daemon went away\n", "", 1))
    source = programs.logs("compose:")["sources"][0]
    assert source["records"] >= 1428
    assert any("daemon went away" in sentence for sentence in source["denied"])
