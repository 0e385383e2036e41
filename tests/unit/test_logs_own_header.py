"""A program's own header behind syslog's: its level and time count, whoever else writes in the log."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.traces import TRACES
from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.case.enums import Level

OWN = {
    "python": "2026-01-02 00:00:0{n},123 {level} shop.web: {text}",
    "gunicorn": "[2026-01-02 00:00:0{n} +0000] [12] [{level}] {text}",
    "a level": "{level}: {text}",
    "basic": "{level}:shop.web:{text}",
    "json": '{{"level": "{level}", "event": "{text}", "timestamp": "2026-01-02T00:00:0{n}Z"}}',
    "logfmt": 'time=2026-01-02T00:00:0{n}Z level={level} msg="{text}"',
}
OTHERS = ("sshd[{n}]: session opened for {n}", "kernel: eth{n} up", "cron[3]: job {n} ran")
TOLD = {"INFO": "order {n} paid", "WARNING": "stock {n} low", "ERROR": "charge {n} declined"}
OUTER = ("Jan  2 00:00:0{n} web-3 ", "2026-01-02T00:00:0{n}.5+00:00 web-3 ")


def read(path: Path, lines: list[str]) -> Digest:
    path.write_text("\n".join(lines) + "\n")
    return digest(scan_whole(survey(str(path))[0]).finish(), Lens())


@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize("others", [(), OTHERS])
@pytest.mark.parametrize("own", OWN)
def test_the_level_behind_syslogs_header_counts(own: str, others: tuple[str, ...], outer: str, tmp_path: Path) -> None:
    lines = []
    for n in range(8):
        inner = [OWN[own].format(n=n, level=level, text=text.format(n=n)) for level, text in TOLD.items()]
        lines += [outer.format(n=n) + f"shop[12]: {each}" for each in inner]
        lines += [outer.format(n=n) + each.format(n=n) for each in others]
    said = read(tmp_path / "syslog", lines)
    levels = {pattern.template: pattern.level for pattern in said.patterns if pattern.level is not Level.UNKNOWN}
    assert levels == {
        "order <*> paid": Level.INFO,
        "stock <*> low": Level.WARNING,
        "charge <*> declined": Level.ERROR,
    }
    assert len(said.patterns) == 3 + len(others)
    assert [error.count for error in said.errors] == [8]


def test_the_time_of_the_program_is_the_records_and_its_host_is_syslogs(tmp_path: Path) -> None:
    line = 'Jan  2 00:00:09 web-3 shop[12]: {"level": "error", "event": "boom", "timestamp": "2026-01-02T00:00:01.5Z"}'
    parsed = read_line(line, ())
    assert (parsed.time, parsed.host, parsed.logger) == ("2026-01-02T00:00:01.5Z", "web-3", "shop")
    path = tmp_path / "syslog"
    path.write_text((line + "\n") * 3)
    start = scan_whole(survey(str(path))[0]).finish().start
    assert start == datetime(2026, 1, 2, 0, 0, 1, 500_000, UTC).timestamp()


@pytest.mark.parametrize("text", ["{not json}", '{"cut": "off', "a=1 b=2", "session opened for INFO desk", "error: x"])
def test_what_is_no_header_stays_the_message(text: str) -> None:
    lines = [f"Jan  2 00:00:0{n} web-3 shop[12]: {text}" for n in range(8)]
    assert read_line(lines[0], ()).content.endswith(text)


@pytest.mark.parametrize("language", ["java", "node", "rails", "dotnet"])
def test_a_trace_after_the_programs_header_is_one_error(language: str, tmp_path: Path) -> None:
    lines = []
    for n in range(8):
        own = [OWN["python"].format(n=n, level="ERROR", text=f"charge {n} failed"), *TRACES[language].split("\n")]
        lines += [OUTER[0].format(n=n) + f"shop[12]: {each}" for each in own]
        lines += [OUTER[0].format(n=n) + each.format(n=n) for each in OTHERS]
    (error,) = read(tmp_path / "syslog", lines).errors
    assert error.count == 8
    assert error.frames


def test_json_behind_syslog_tells_its_traceback(tmp_path: Path) -> None:
    told = json.dumps({"level": "error", "event": "failed", "exception": TRACES["java"]})
    (error,) = read(tmp_path / "syslog", [OUTER[0].format(n=n) + f"shop[12]: {told}" for n in range(8)]).errors
    assert (error.type, error.count) == ("java.lang.IllegalStateException", 8)
