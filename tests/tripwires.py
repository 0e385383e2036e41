"""Every way in which git could be made to run something of a repository: a trap for each."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Trap:
    """A repository with one tripwire, which makes ``marker`` when it is run."""

    repo: Any
    script: Path
    marker: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def sprung(self) -> bool:
        return self.marker.exists()

    def config(self, key: str, value: str) -> None:
        self.repo.git("config", key, value)

    def spring(self, *argv: str, stdin: str = "", env: dict[str, str] | None = None) -> None:
        """Run a program in the repository as anybody would."""
        subprocess.run(
            argv,
            cwd=self.repo.path,
            env={**os.environ, **self.env, **(env or {})},
            input=stdin.encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def trap(make_repo: Callable[..., Any], tmp_path: Path) -> Trap:
    """A repository with history, a changed file and an untracked one; no tripwire yet."""
    repo = make_repo({"app.py": "def answer():\n    return 41\n", "notes.txt": "one\n"})
    repo.write("app.py", "def answer():\n    return 42\n")
    repo.commit("right answer")
    marker = tmp_path / "marker"
    script = tmp_path / "tripwire"
    script.write_text(f'#!/bin/sh\ntouch {shlex.quote(str(marker))}\ncat "$1" 2>/dev/null\nexit 0\n')
    script.chmod(0o755)
    return Trap(repo, script, marker)


def hooks(trap: Trap) -> None:
    folder = trap.repo.path / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    for name in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "post-commit"):
        (folder / name).symlink_to(trap.script)
    trap.spring("git", "checkout", "-q", "HEAD")


def hooks_path(trap: Trap) -> None:
    trap.repo.write("hooks/post-index-change", trap.script.read_bytes()).chmod(0o755)
    trap.config("core.hooksPath", "hooks")
    trap.spring("git", "read-tree", "HEAD")


def fsmonitor(trap: Trap) -> None:
    trap.config("core.fsmonitor", str(trap.script))
    trap.spring("git", "status")


def included_config(trap: Trap) -> None:
    trap.repo.write("settings.ini", f"[core]\nfsmonitor = {trap.script}\n")
    trap.config("include.path", "../settings.ini")
    trap.spring("git", "status")


def clean_filter(trap: Trap) -> None:
    trap.repo.write(".gitattributes", "* filter=evil\n")
    trap.config("filter.evil.clean", str(trap.script))
    trap.spring("git", "hash-object", "app.py")


def smudge_filter(trap: Trap) -> None:
    trap.repo.write(".gitattributes", "* filter=evil\n")
    trap.config("filter.evil.smudge", f"{trap.script} -")
    trap.spring("git", "archive", "--worktree-attributes", "HEAD")


def process_filter(trap: Trap) -> None:
    (trap.repo.path / ".git" / "info").mkdir(exist_ok=True)
    trap.repo.write(".git/info/attributes", "* filter=evil\n")
    trap.config("filter.evil.process", str(trap.script))
    trap.config("filter.evil.required", "true")
    trap.spring("git", "hash-object", "app.py")


def filter_with_a_strange_name(trap: Trap) -> None:
    trap.repo.write(".gitattributes", "* filter=evil=.x\n")
    trap.config("filter.evil=.x.clean", str(trap.script))
    trap.spring("git", "hash-object", "app.py")


def textconv(trap: Trap) -> None:
    trap.repo.write(".gitattributes", "* diff=evil\n")
    trap.config("diff.evil.textconv", str(trap.script))
    trap.spring("git", "log", "-p")


def diff_driver(trap: Trap) -> None:
    trap.repo.write(".gitattributes", "* diff=evil\n")
    trap.config("diff.evil.command", str(trap.script))
    trap.spring("git", "diff", "HEAD~1")


def external_diff(trap: Trap) -> None:
    trap.config("diff.external", str(trap.script))
    trap.spring("git", "diff", "HEAD~1")


def environment_of_the_user(trap: Trap) -> None:
    trap.env = {"GIT_EXTERNAL_DIFF": str(trap.script), "GIT_SSH_COMMAND": str(trap.script)}
    trap.spring("git", "diff", "HEAD~1")


def pager(trap: Trap) -> None:
    trap.config("core.pager", str(trap.script))
    trap.config("pager.log", str(trap.script))
    terminal, inside = os.openpty()
    try:
        env = {**os.environ, "TERM": "xterm"}
        subprocess.run(["git", "log"], cwd=trap.repo.path, stdout=inside, stderr=inside, env=env, check=False)
    finally:
        os.close(inside)
        os.close(terminal)


def credential_helper(trap: Trap) -> None:
    trap.config("credential.helper", str(trap.script))
    trap.config("credential.https://example.org.helper", str(trap.script))
    trap.spring("git", "credential", "fill", stdin="protocol=https\nhost=example.org\n\n", env={"GIT_ASKPASS": "true"})


def _promised(trap: Trap, url: str) -> None:
    """The repository claims to be a partial clone, so that a missing object is fetched from ``url``."""
    trap.config("remote.origin.url", url)
    trap.config("remote.origin.promisor", "true")
    trap.config("remote.origin.partialclonefilter", "blob:none")
    trap.config("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")


def ext_remote(trap: Trap) -> None:
    _promised(trap, f"ext::{trap.script} %S")
    trap.config("protocol.ext.allow", "always")
    trap.spring("git", "fetch", "origin")


def ssh_command(trap: Trap) -> None:
    _promised(trap, "ssh://nobody@localhost/nothing")
    trap.config("core.sshCommand", str(trap.script))
    trap.config("protocol.ssh.allow", "always")
    trap.spring("git", "fetch", "origin")


def upload_pack(trap: Trap) -> None:
    _promised(trap, f"file://{trap.repo.path}")
    trap.config("remote.origin.uploadpack", str(trap.script))
    trap.config("protocol.file.allow", "always")
    trap.spring("git", "fetch", "origin")


def missing_object(trap: Trap) -> None:
    ext_remote(trap)
    trap.marker.unlink()
    trap.spring("git", "cat-file", "-p", "1234567890123456789012345678901234567890")


def signature(trap: Trap) -> None:
    raw = trap.repo.git("cat-file", "commit", "HEAD").decode()
    head, _, message = raw.partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\n{message}"
    commit = trap.repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.encode()).decode().strip()
    trap.repo.git("update-ref", "HEAD", commit)
    for key in ("gpg.program", "gpg.openpgp.program"):
        trap.config(key, str(trap.script))
    trap.config("log.showSignature", "true")
    trap.config("commit.gpgSign", "true")
    trap.spring("git", "log", "-1")


def alternate_refs(trap: Trap) -> None:
    other = trap.repo.path.parent / "other"
    subprocess.run(["git", "clone", "-q", "--bare", str(trap.repo.path), str(other)], check=True)
    trap.repo.write(".git/objects/info/alternates", f"{other}/objects\n")
    trap.config("core.alternateRefsCommand", str(trap.script))
    trap.spring("git", "fetch", f"file://{other}")


def submodule(trap: Trap) -> None:
    inner = trap.repo.path / "inner"
    subprocess.run(["git", "clone", "-q", str(trap.repo.path), str(inner)], check=True)
    trap.repo.git("submodule", "--quiet", "add", "./inner", "inner")
    trap.repo.commit("submodule")
    subprocess.run(["git", "config", "core.fsmonitor", str(trap.script)], cwd=inner, check=True)
    subprocess.run(["git", "config", "filter.evil.clean", str(trap.script)], cwd=inner, check=True)
    (inner / ".gitattributes").write_text("* filter=evil\n")
    os.utime(inner / "app.py", (1, 1))
    trap.spring("git", "status")


def git_in_the_folder(trap: Trap) -> None:
    trap.repo.write("git", trap.script.read_bytes()).chmod(0o755)
    trap.env = {"PATH": f".:{os.environ['PATH']}"}
    trap.spring("sh", "-c", "git version")


def git_on_the_path_inside(trap: Trap) -> None:
    trap.repo.write(".venv/bin/git", trap.script.read_bytes()).chmod(0o755)
    trap.env = {"PATH": f"{trap.repo.path / '.venv' / 'bin'}:{os.environ['PATH']}"}
    trap.spring("sh", "-c", "git version")


def git_on_the_path_by_a_link(trap: Trap) -> None:
    trap.repo.write("tools/git", trap.script.read_bytes()).chmod(0o755)
    outside = trap.repo.path.parent / "bin"
    outside.mkdir()
    (outside / "git").symlink_to(trap.repo.path / "tools" / "git")
    trap.env = {"PATH": f"{outside}:{os.environ['PATH']}"}
    trap.spring("sh", "-c", "git version")


WIRES = [
    hooks,
    hooks_path,
    fsmonitor,
    included_config,
    clean_filter,
    smudge_filter,
    process_filter,
    filter_with_a_strange_name,
    textconv,
    diff_driver,
    external_diff,
    environment_of_the_user,
    pager,
    credential_helper,
    ext_remote,
    ssh_command,
    upload_pack,
    missing_object,
    signature,
    alternate_refs,
    submodule,
    git_in_the_folder,
    git_on_the_path_inside,
    git_on_the_path_by_a_link,
]
