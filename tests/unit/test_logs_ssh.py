"""Logs of another machine, through a real sshd on the loopback."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import Programs

SSHD = Path("/usr/sbin/sshd")


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
