"""Where logs come from, and what each source was not allowed to see. Programs are replayed by stand-ins on PATH that
print what the real ones printed; sshd and the HTTP store are real."""

from __future__ import annotations

import getpass
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

SSHD = Path("/usr/sbin/sshd")


class Programs:
    """Stand-ins on PATH. Each notes its arguments and answers by the first of its rules whose words are among them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()

    def add(self, name: str, *rules: tuple[str, str, str, int]) -> None:
        """``rules`` are (word among the arguments, standard output, standard error, exit code)."""
        data = self.folder / f"{name}.json"
        data.write_text(json.dumps(rules))
        path = self.folder / name
        path.write_text(
            f"#!{sys.executable}\nimport json, sys\n"
            f"open({str(self.folder / name) + '.calls'!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
            f"for word, out, err, code in json.load(open({str(data)!r})):\n"
            "    if word in ' '.join(sys.argv[1:]):\n"
            "        sys.stdout.write(out); sys.stderr.write(err); sys.exit(code)\n"
            "sys.exit(64)\n"
        )
        path.chmod(0o755)

    def calls(self, name: str) -> list[list[str]]:
        """The argument lists it was called with."""
        return [json.loads(line) for line in (self.folder / f"{name}.calls").read_text().splitlines()]

    def logs(self, *argv: str, **env: str) -> dict[str, Any]:
        """The document of ``workbench logs``."""
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", **env}
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "workbench", "logs", *argv, "--format", "json"],
            capture_output=True,
            env=environment,
            check=False,
            timeout=60,
        )
        document: dict[str, Any] = json.loads(ended.stdout)
        return document


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


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
    assert source["denied"] == [refusal.strip()]


def test_a_command_and_one_that_fails_half_way(programs: Programs) -> None:
    programs.add("fetch-logs", ("", DOCKER, "lost the connection\n", 3))
    source = programs.logs('cmd:"fetch-logs --all"')["sources"][0]
    assert source["records"] == 9
    assert any("exit code 3" in sentence for sentence in source["denied"])
    assert any("lost the connection" in sentence for sentence in source["denied"])


def test_an_absent_program_is_not_available(programs: Programs) -> None:
    source = programs.logs("docker:web", PATH=str(programs.folder))["sources"][0]
    assert source["denied"] == ["not available: docker missing"]


class Store(http.server.BaseHTTPRequestHandler):
    """Speaks as much of Loki's query API as a reader needs."""

    entries: ClassVar[list[tuple[int, str]]] = []
    asked: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        """Entries of the range, oldest first, as many as were asked for."""
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        self.asked.append(query)
        start, end, limit = (int(query[name][0]) for name in ("start", "end", "limit"))
        values = [[str(at), text] for at, text in self.entries if start <= at < end][:limit]
        body = json.dumps(
            {"data": {"resultType": "streams", "result": [{"stream": {"app": "shop"}, "values": values}]}}
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def store() -> Iterator[str]:
    now = time.time_ns()
    Store.entries = [(now - (7000 - n) * 1_000_000, f'level=error msg="boom {n}" user=7') for n in range(7000)]
    Store.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_store_is_asked_for_the_query_page_by_page(programs: Programs, store: str) -> None:
    said = programs.logs(f'loki:{store}?query={{app="shop"}}&since=3600')
    assert said["sources"][0]["records"] == 7000
    assert said["errors"][0]["count"] == 7000
    assert [query["query"] for query in Store.asked] == [['{app="shop"}']] * 2


def test_a_password_in_a_url_is_never_shown(programs: Programs, store: str) -> None:
    address = store.replace("//", "//ann:s3cret-word@")
    said = programs.logs("loki:env:STORE?query={app=1}", STORE=address)
    assert "s3cret-word" not in json.dumps(said)
    refused = programs.logs(f"loki:{address.rsplit(':', 1)[0]}:1?query={{app=1}}")
    assert "s3cret-word" not in json.dumps(refused)
    assert refused["sources"][0]["denied"]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[str]:
    """A real sshd on loopback, and the user's ssh configured for it; gives HOST:PORT."""
    if not SSHD.exists() or not shutil.which("ssh-keygen"):
        pytest.skip("openssh-server is not installed")
    if os.geteuid() == 0 and not Path("/run/sshd").is_dir():
        try:
            Path("/run/sshd").mkdir(mode=0o755)
        except OSError:
            pytest.skip("sshd needs /run/sshd")
    keys = tmp_path / "ssh"
    keys.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True)
    (keys / "authorized").write_text((keys / "user.pub").read_text())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (keys / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {keys}/host\nAuthorizedKeysFile {keys}/authorized\n"
        f"StrictModes no\nUsePAM no\nPidFile {keys}/pid\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    (keys / "config").write_text(
        f"Host *\n  IdentityFile {keys}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {keys}/known\n"
        "  StrictHostKeyChecking no\n"
    )
    server = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(keys / "sshd_config")], stderr=subprocess.DEVNULL)
    ours = tmp_path / "bin" / "ssh"
    ours.parent.mkdir(exist_ok=True)
    ours.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {keys}/config "$@"\n')
    ours.chmod(0o755)
    try:
        deadline = time.monotonic() + 10
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
            if server.poll() is not None:
                pytest.skip("sshd does not start here")
        yield f"{getpass.getuser()}@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def ssh_logs(tmp_path: Path, *argv: str) -> dict[str, Any]:
    """``workbench logs`` with the configured ssh first on PATH."""
    programs = Programs.__new__(Programs)
    programs.folder = tmp_path / "bin"
    return programs.logs(*argv)


def test_logs_of_another_machine_rotated_and_packed(machine: str, tmp_path: Path) -> None:
    import gzip

    folder = tmp_path / "remote logs"
    folder.mkdir()
    (folder / "app.log").write_text("".join(f"2026-01-01 00:00:0{n},1 ERROR boom {n}\n" for n in range(5)))
    (folder / "app.log.1.gz").write_bytes(gzip.compress(b"2025-12-31 00:00:00,1 ERROR older 1\n" * 4))
    said = ssh_logs(tmp_path, f"ssh://{machine}{folder}/app.log*")
    source = said["sources"][0]
    assert (source["records"], source["hosts"], source["denied"]) == (9, [machine.rsplit(":", 1)[0]], [])
    assert source["from"].startswith("2025-12-31")
    whole = ssh_logs(tmp_path, f"ssh://{machine}{folder}")
    assert whole["sources"][0]["records"] == 9


def test_what_another_machine_refuses_is_said(machine: str, tmp_path: Path) -> None:
    missing = ssh_logs(tmp_path, f"ssh://{machine}/no/such/file.log")["sources"][0]
    assert any("No such file" in sentence for sentence in missing["denied"])
    nobody = ssh_logs(tmp_path, "ssh://127.0.0.1:1/var/log/app.log")["sources"][0]
    assert any("refused" in sentence for sentence in nobody["denied"])
    option = ssh_logs(tmp_path, "ssh://-oProxyCommand=id/var/log/app.log")["sources"][0]
    assert any("no host name" in sentence for sentence in option["denied"])


def test_a_command_on_another_machine(machine: str, tmp_path: Path) -> None:
    source = ssh_logs(tmp_path, f'ssh://{machine}/cmd:printf "ERROR:x:%s\\n" "a b" "c; id"')["sources"][0]
    assert (source["records"], source["denied"]) == (2, [])
