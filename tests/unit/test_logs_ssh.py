"""Logs of another machine, through a real sshd on the loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.programs import Programs
from tests.sshd import machine as machine
from tests.unit.test_logs_coming import following
from tests.unit.test_logs_sources import POD_LOGS, PODS, WORKLOAD

BURST = [f"2026-01-01 00:00:01,{number} ERROR shop: crash {number}\n" for number in range(10)]


def ssh_logs(tmp_path: Path, *argv: str) -> dict[str, Any]:
    """``workbench logs`` with the configured ssh first on PATH."""
    programs = Programs.__new__(Programs)
    programs.folder = tmp_path / "bin"
    return programs.logs(*argv)


def put_first(folder: Path, tmp_path: Path) -> None:
    """Have the programs of ``folder`` found first on the other machine."""
    authorized = tmp_path / "ssh" / "authorized"
    authorized.write_text(
        f'command="PATH={folder}:$PATH; export PATH; eval \\"$SSH_ORIGINAL_COMMAND\\"" {authorized.read_text()}'
    )


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


def test_several_hosts_are_merged_and_one_that_refuses_is_named(machine: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("".join(f"2026-01-01 00:00:0{n},1 ERROR boom {n}\n" for n in range(5)))
    said = ssh_logs(tmp_path, f"ssh://{machine},{machine},127.0.0.1:1{tmp_path}/app.log")
    source = said["sources"][0]
    assert source["records"] == 10
    assert said["errors"][0]["count"] == 10
    assert source["hosts"] == [machine.rsplit(":", 1)[0]]
    assert any("refused" in sentence for sentence in source["denied"])


def test_a_clock_that_differs_is_said(machine: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("2026-01-01 00:00:00,1 ERROR boom\n")
    late = tmp_path / "late"
    late.mkdir()
    (late / "date").write_text("#!/bin/sh\necho $(($(PATH=/bin:/usr/bin date +%s) - 3600))\n")
    (late / "date").chmod(0o755)
    source = ssh_logs(tmp_path, f"ssh://{machine}{tmp_path}/app.log")["sources"][0]
    assert not any("the clock of" in note for note in source["notes"])
    put_first(late, tmp_path)
    source = ssh_logs(tmp_path, f"ssh://{machine}{tmp_path}/app.log")["sources"][0]
    (said,) = (note for note in source["notes"] if "the clock of" in note)
    assert re.fullmatch(
        rf"the clock of {re.escape(machine.rsplit(':', 1)[0])} is 3[56]\d\d s behind this machine's", said
    )
    assert source["records"] == 1


def test_every_host_is_followed_and_what_cannot_be_is_said(machine: str, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("2026-01-01 00:00:00,1 ERROR shop: boom\n")
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    sources = [f"ssh://{machine},{machine}{log}", f"ssh://{machine}/cmd:cat {log}"]
    argv = [sys.executable, "-P", "-m", "workbench", "logs", *sources, "--follow", "--format", "jsonl"]
    process = subprocess.Popen(
        argv, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        counts = (each["lines"] for each in map(json.loads, process.stdout) if each["event"] == "count")
        for lines in counts:
            if lines >= 2 * len(BURST):
                break
            with log.open("a") as file:
                file.writelines(BURST)
    finally:
        process.terminate()
        beside = process.communicate()[1]
    assert "cannot be followed" in beside


def test_the_pods_that_another_machine_reaches(machine: str, tmp_path: Path) -> None:
    """A workload's name is none of a pod: there too the cluster is asked for its pods and their restarts."""
    there = Programs(tmp_path / "there")
    there.add(
        "kubectl",
        ("get deployment", WORKLOAD, "", 0),
        ("get pods", PODS, "", 0),
        ("--previous", POD_LOGS.replace("boom", "panic"), "", 0),
        ("--follow", POD_LOGS.replace("boom", "late"), "", 0),
        ("logs", POD_LOGS, "", 0),
    )
    put_first(there.folder, tmp_path)
    here = Programs.__new__(Programs)
    here.folder = tmp_path / "bin"
    wanted = {"boom <*>", "panic <*>", "late <*>"}
    with following(here, f"ssh://{machine}/k8s:shop/web") as events:
        while wanted:
            wanted.discard(next(events).get("message"))
    there.add("kubectl", ("", "", "Error: no cluster here\n", 1))
    (denied,) = ssh_logs(tmp_path, f"ssh://{machine}/k8s:shop/web")["sources"][0]["denied"]
    assert denied.endswith("k8s:shop/web: Error: no cluster here")
