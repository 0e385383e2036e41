"""Logs of another machine, through a real sshd on the loopback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.programs import Programs
from tests.sshd import machine as machine


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
    authorized = tmp_path / "ssh" / "authorized"
    authorized.write_text(
        f'command="PATH={late}:$PATH; export PATH; eval \\"$SSH_ORIGINAL_COMMAND\\"" {authorized.read_text()}'
    )
    source = ssh_logs(tmp_path, f"ssh://{machine}{tmp_path}/app.log")["sources"][0]
    (said,) = (note for note in source["notes"] if "the clock of" in note)
    assert re.fullmatch(
        rf"the clock of {re.escape(machine.rsplit(':', 1)[0])} is 3[56]\d\d s behind this machine's", said
    )
    assert source["records"] == 1
