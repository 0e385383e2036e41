"""A repository to change, and its files as they are."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from workbench.analysis.diffs import Diff, decode_diff, parse_diff
from workbench.engine.changes import Changes
from workbench.engine.store.vault import Vault

ENV = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "PATH": os.environ["PATH"],
}


def git(repo: Path, *args: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(["git", *args], cwd=repo, input=stdin, env=ENV, capture_output=True, check=True).stdout


def changes_at(base: Path) -> Changes:
    return Changes(base / "repo", Vault(base / "vault"), base / "intents")


def tree_of(root: Path) -> dict[str, tuple[bytes, bool, bool]]:
    return {
        str(path.relative_to(root)): (
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes(),
            path.is_symlink(),
            not path.is_symlink() and os.access(path, os.X_OK),
        )
        for path in sorted(root.rglob("*"))
        if ".git" not in path.parts and (path.is_symlink() or path.is_file())
    }


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A repository with a bit of everything."""
    repo = tmp_path / "repo"
    (repo / "pkg" / "deep").mkdir(parents=True)
    (repo / "pkg" / "a.py").write_text("".join(f"line {n}\n" for n in range(40)))
    (repo / "pkg" / "deep" / "only.py").write_text("gone\n")
    (repo / "script").write_text("#!/bin/sh\n")
    (repo / "moved.py").write_text("".join(f"{n}\n" for n in range(20)))
    (repo / "turns").write_text("a file\n")
    (repo / "data").write_bytes(bytes(range(256)))
    (repo / "link").symlink_to("script")
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "base")
    return tmp_path


def wide_change(repo: Path) -> Diff:
    """Edits, a deletion, a rename, modes, a link, binary, new folders, a file that becomes a folder; then put back."""
    (repo / "pkg" / "a.py").write_text("".join(f"line {n}\n" for n in range(1, 40)) + "end, no newline")
    (repo / "pkg" / "deep" / "only.py").unlink()
    (repo / "script").chmod(0o755)
    (repo / "moved.py").rename(repo / "there.py")
    (repo / "turns").unlink()
    (repo / "turns" / "into").mkdir(parents=True)
    (repo / "turns" / "into" / "folder").write_text("x\n")
    (repo / "data").write_bytes(bytes(range(255, -1, -1)))
    (repo / "link").unlink()
    (repo / "link").symlink_to("pkg/a.py")
    (repo / "new" / "folder").mkdir(parents=True)
    (repo / "new" / "folder" / "file.py").write_text("new\n")
    git(repo, "add", "-A")
    diff = parse_diff(decode_diff(git(repo, "diff", "--cached", "-M", "--binary", "--full-index")))
    git(repo, "reset", "-q", "--hard")
    git(repo, "clean", "-qfd")
    return diff
