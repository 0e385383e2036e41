"""Git, guarded: nothing that a repository defines is ever run by it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from workbench.case.errors import GitError

GUARDS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=",
    "core.alternateRefsCommand=",
    "core.untrackedCache=keep",
    "core.quotePath=false",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
    "commit.gpgSign=false",
    "protocol.allow=never",
    "protocol.file.allow=always",
    "submodule.recurse=false",
    "maintenance.auto=false",
    "gc.auto=0",
)
"""Configuration that overrides whatever the repository and the user say."""

_NO_DRIVERS = {"diff", "log", "show", "diff-tree", "diff-index", "diff-files"}
TIMEOUT = 120.0


def git_program() -> str:
    """Git on PATH; relative and empty entries are passed over. Raises GitError."""
    entries = [e for e in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(e).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(entries))
    if found is None:
        raise GitError(("git",), 127, "git was not found on PATH")
    return found


def guarded(root: Path | str, args: tuple[str, ...], filters: tuple[str, ...] = ()) -> list[str]:
    """The argument list for git on ``root``. ``filters`` are names of filter drivers to neutralise."""
    argv = [git_program(), "-C", str(root), "--no-pager", "--literal-pathspecs"]
    for setting in GUARDS:
        argv += ["-c", setting]
    for name in filters:
        for part in ("clean", "smudge", "process"):
            argv += ["-c", f"filter.{name}.{part}="]
        argv += ["-c", f"filter.{name}.required=false"]
    verb, rest = args[0], args[1:]
    argv.append(verb)
    if verb in _NO_DRIVERS:
        argv += ["--no-ext-diff", "--no-textconv"]
    if verb == "blame":
        argv.append("--no-textconv")
    return [*argv, *rest]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment without git's own variables, plus what keeps git quiet and local."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env.update(
        GIT_OPTIONAL_LOCKS="0",
        GIT_TERMINAL_PROMPT="0",
        GIT_NO_LAZY_FETCH="1",
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_ATTR_NOSYSTEM="1",
        GIT_ASKPASS="false",
        SSH_ASKPASS="false",
        LC_ALL="C",
    )
    env.update(extra or {})
    return env


def run_git(
    root: Path | str,
    *args: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    filters: tuple[str, ...] = (),
    timeout: float = TIMEOUT,
) -> bytes:
    """Standard output of git. Raises GitError, also when the time (seconds) runs out."""
    try:
        ended = subprocess.run(
            guarded(root, args, filters),
            input=stdin,
            env=environment(env),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(args, -1, f"no answer within {timeout:g} s") from error
    if ended.returncode:
        raise GitError(args, ended.returncode, ended.stderr.decode("utf-8", "replace"))
    return ended.stdout


async def git(root: Path | str, *args: str, env: Mapping[str, str] | None = None, timeout: float = TIMEOUT) -> bytes:
    """The same without holding the loop; cancelling ends git."""
    process = await asyncio.create_subprocess_exec(
        *guarded(root, args),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(env),
    )
    try:
        async with asyncio.timeout(timeout):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise GitError(args, -1, f"no answer within {timeout:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise GitError(args, process.returncode, err.decode("utf-8", "replace"))
    return out
