"""Where logs come from, and what each source was not allowed to see. Programs are replayed by stand-ins on PATH that
print what the real ones printed; sshd and the HTTP store are real."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest

from tests.log_stores import Closed, Store, serving
from tests.programs import Programs
from tests.programs import programs as programs

JOURNAL = "".join(
    json.dumps(
        {
            "__REALTIME_TIMESTAMP": f"17672256{n:02d}000000",
            "PRIORITY": "3",
            "MESSAGE": f"boom {n}",
            "_HOSTNAME": "web-3",
        }
    )
    + "\n"
    for n in range(9)
)


HINT = """Hint: You are currently not seeing messages from other users and the system.
      Users in groups 'adm', 'systemd-journal' can see all messages.
      Pass -q to turn off this notice.
"""


def test_the_journal_of_a_unit(programs: Programs) -> None:
    programs.add("journalctl", ("--unit=shop.service", JOURNAL, "", 0))
    source = programs.logs("journal:shop.service")["sources"][0]
    assert (source["records"], source["hosts"], source["denied"]) == (9, ["web-3"], [])


def test_a_journal_that_may_not_be_read_is_not_a_log_without_errors(programs: Programs) -> None:
    programs.add("journalctl", ("", "", HINT, 0))
    source = programs.logs("journal:shop.service")["sources"][0]
    assert source["records"] == 0
    assert any("not seeing messages from other users" in sentence for sentence in source["denied"])


def test_a_journal_that_hides_the_system_says_so_beside_what_it_shows(programs: Programs) -> None:
    programs.add("journalctl", ("", JOURNAL, HINT, 0))
    source = programs.logs("journal:")["sources"][0]
    assert source["records"] == 9
    assert any("not seeing messages from other users" in sentence for sentence in source["denied"])


DOCKER = "".join(f"2026-01-01T00:00:0{n}.123456789Z 2026-01-01 00:00:0{n},123 ERROR boom {n}\n" for n in range(9))


def test_a_container_and_one_that_is_not_there(programs: Programs) -> None:
    programs.add(
        "docker", ("-- web", DOCKER, "", 0), ("-- gone", "", "Error response from daemon: No such container: gone\n", 1)
    )
    web, gone = programs.logs("docker:web", "docker:gone")["sources"]
    assert (web["records"], web["from"][:19], web["denied"]) == (9, "2026-01-01T00:00:00", [])
    assert gone["records"] == 0
    assert any("No such container" in sentence for sentence in gone["denied"])


def test_a_compose_service_with_its_prefixes(programs: Programs) -> None:
    programs.add("docker", ("compose logs", "".join(f"web-1  | {line}\n" for line in DOCKER.splitlines()), "", 0))
    said = programs.logs("compose:web")
    assert said["sources"][0]["records"] == 9
    assert [pattern["template"] for pattern in said["patterns"]] == ["boom <*>"]
    assert programs.calls("docker")[0][-2:] == ["--", "web"]


WORKLOAD = json.dumps(
    {
        "items": [
            {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": {"app": "web"}}}}
        ]
    }
)


PODS = json.dumps(
    {
        "items": [
            {
                "kind": "Pod",
                "metadata": {"name": "web-1"},
                "status": {"containerStatuses": [{"name": "app", "restartCount": 2}]},
            },
            {
                "kind": "Pod",
                "metadata": {"name": "web-2"},
                "status": {"containerStatuses": [{"name": "app", "restartCount": 0}]},
            },
        ]
    }
)


POD_LOGS = "".join(
    f"[pod/web-{1 + n % 2}/app] 2026-01-01T00:00:0{n}.123456789Z 2026-01-01 00:00:0{n},123 ERROR boom {n}\n"
    for n in range(8)
)


def test_all_pods_of_a_workload_and_what_ran_before_a_restart(programs: Programs) -> None:
    programs.add(
        "kubectl",
        ("get deployment", WORKLOAD, "", 0),
        ("get pods", PODS, "", 0),
        ("--previous", POD_LOGS.replace("boom", "panic"), "", 0),
        ("logs", POD_LOGS, "", 0),
    )
    said = programs.logs("k8s:shop/web")
    assert said["sources"][0]["records"] == 16
    assert {error["message"] for error in said["errors"]} == {"boom <*>", "panic <*>"}
    calls = programs.calls("kubectl")
    assert any("--selector=app=web" in call for call in calls)
    assert any("--previous" in call and "web-1" in call for call in calls)
    assert all("--namespace" in call for call in calls)


def test_a_forbidden_namespace_is_said(programs: Programs) -> None:
    refusal = 'Error from server (Forbidden): pods is forbidden: User "ann" cannot list resource "pods"\n'
    programs.add("kubectl", ("", "", refusal, 1))
    source = programs.logs("k8s:shop/web")["sources"][0]
    assert source["denied"] == [f"k8s:shop/web: {refusal.strip()}"]


def test_a_command_and_one_that_fails_half_way(programs: Programs) -> None:
    programs.add("fetch-logs", ("", DOCKER, "lost the connection\n", 3))
    source = programs.logs('cmd:"fetch-logs --all"')["sources"][0]
    assert source["records"] == 9
    assert any("exit code 3" in sentence for sentence in source["denied"])
    assert any("lost the connection" in sentence for sentence in source["denied"])


def test_an_absent_program_is_not_available(programs: Programs) -> None:
    source = programs.logs("docker:web", PATH=str(programs.folder))["sources"][0]
    assert source["denied"] == ["not available: docker missing"]


@pytest.fixture
def store() -> Iterator[str]:
    with serving(Store) as address:
        yield address


def test_a_store_is_asked_for_the_query_page_by_page(programs: Programs, store: str) -> None:
    said = programs.logs(f'loki:{store}?query={{app="shop"}}&since=3600')
    assert said["sources"][0]["records"] == 7000
    assert said["errors"][0]["count"] == 7000
    assert [query["query"] for query in Store.asked] == [['{app="shop"}']] * 2


@pytest.mark.parametrize(
    ("login", "records", "denied"), [("ann:s3cret%2Fword@", 7000, []), ("", 0, ["401"]), ("bob:no@", 0, ["401"])]
)
def test_a_store_that_asks_for_a_password_gets_it_in_no_argument(
    login: str, records: int, denied: list[str], programs: Programs
) -> None:
    with serving(Closed) as address:
        said = programs.logs("loki:env:STORE?query={app=1}", STORE=address.replace("//", f"//{login}"))
    source = said["sources"][0]
    assert (source["records"], len(source["denied"])) == (records, len(denied))
    assert all(status in sentence for status, sentence in zip(denied, source["denied"], strict=True))


def test_a_store_whose_address_is_none_is_refused_in_words(programs: Programs) -> None:
    (denied,) = programs.logs("loki:http://127.0.0.1:x?query={app=1}")["sources"][0]["denied"]
    assert "could not be asked" in denied


def test_a_password_in_a_url_is_never_shown(programs: Programs, store: str) -> None:
    address = store.replace("//", "//ann:s3cret-word@")
    said = programs.logs("loki:env:STORE?query={app=1}", STORE=address)
    assert "s3cret-word" not in json.dumps(said)
    refused = programs.logs(f"loki:{address.rsplit(':', 1)[0]}:1?query={{app=1}}")
    assert "s3cret-word" not in json.dumps(refused)
    assert refused["sources"][0]["denied"]


def test_hosts_that_differ_in_digits_alone_are_all_told(programs: Programs) -> None:
    text = "".join(
        json.dumps(
            {"timestamp": f"2026-01-01T00:00:{n:02d}Z", "level": "info", "event": "done", "host": f"web-{n % 3}"}
        )
        + "\n"
        for n in range(60)
    )
    (programs.folder / "app.jsonl").write_text(text)
    source = programs.logs(str(programs.folder / "app.jsonl"))["sources"][0]
    assert source["hosts"] == ["web-0", "web-1", "web-2"]


def test_every_file_that_breaks_off_is_named(programs: Programs) -> None:
    whole = gzip.compress("".join(f"2026-01-01 00:00:00 INFO line {n} {n * n}\n" for n in range(2000)).encode())
    for name in ("a.log.gz", "b.log.gz"):
        (programs.folder / name).write_bytes(whole[: len(whole) // 2])
    denied = programs.logs(str(programs.folder / "*.gz"))["sources"][0]["denied"]
    assert [sentence.rpartition("/")[2].partition(":")[0] for sentence in denied] == ["a.log.gz", "b.log.gz"]
