"""One request that a proxy's log and the program's own both tell of is counted once."""

from __future__ import annotations

import json
import time
from pathlib import Path

from workbench.analysis.logs.digest.answers import answers
from workbench.analysis.logs.digest.digest import digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.analysis.logs.scan.table import Table

START = 1_767_225_600
COUNT = 400


def status(number: int) -> int:
    return 500 if number % 10 == 0 else 200


def proxy(number: int) -> str:
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(START + number))
    return f'10.0.0.9 - - [{stamp}] "POST /login HTTP/1.1" {status(number)} 512 "-" "curl/8"'


def program(number: int) -> str:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + number))
    done = {"event": "done", "level": "info", "timestamp": stamp, "path": "/login", "status": status(number)}
    failed = {"event": "Internal Server Error: /login", "level": "error", "timestamp": stamp}
    return "\n".join(map(json.dumps, [done, failed] if status(number) == 500 else [done]))


def read(tmp_path: Path, **logs: list[str]) -> Table:
    total = Table()
    for name, lines in logs.items():
        (tmp_path / f"{name}.log").write_text("\n".join(lines) + "\n")
        table = Table()
        table.add(scan_whole(survey(str(tmp_path / f"{name}.log"))[0]).finish())
        total.add(table)
    return total


def test_a_proxy_and_the_program_behind_it_tell_of_the_same_requests(tmp_path: Path) -> None:
    table = read(tmp_path, access=[*map(proxy, range(COUNT))], web=[*map(program, range(COUNT))])
    assert answers(table) == {"200": 360, "500": 40}
    said = digest(table, Lens())
    assert said.impact is not None
    assert (said.impact.failed, said.impact.requests) == (40, COUNT)
    assert [error.of for error in said.errors] == ["40 error records"], "no failed requests beside"


def test_failed_requests_that_no_record_explains_stand_once_though_two_logs_tell_of_them(tmp_path: Path) -> None:
    bare = [line for number in range(COUNT) for line in program(number).splitlines() if "Internal" not in line]
    more = [proxy(number).replace("/login", "/static") for number in range(0, COUNT, 10)]
    said = digest(read(tmp_path, access=[*map(proxy, range(COUNT)), *more], web=bare), Lens())
    told = {error.message: (error.count, error.share, error.of) for error in said.errors}
    assert told == {
        "POST /login": (40, 0.5, "80 failed requests"),
        "POST /static": (40, 0.5, "80 failed requests"),
    }, "the path alone does not stand beside, and shares sum to one"


def test_two_hosts_between_which_requests_are_parted_evenly_tell_of_different_ones(tmp_path: Path) -> None:
    one, two = ([proxy(number) for number in range(COUNT)] for _ in range(2))
    assert answers(read(tmp_path, one=one, two=two)).total() == 2 * COUNT


def test_two_programs_at_different_times_tell_of_different_requests(tmp_path: Path) -> None:
    late = [program(number) for number in range(COUNT, 2 * COUNT)]
    assert answers(read(tmp_path, access=[*map(proxy, range(COUNT))], web=late)).total() == 2 * COUNT
