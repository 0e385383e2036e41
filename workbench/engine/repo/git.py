"""Git, guarded: nothing that a repository defines is ever run by it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workbench.case.errors import GitError

TIMEOUT = 120.0
"""Seconds that git may take unless told otherwise."""

GUARDS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.attributesFile", "/dev/null"),
    ("core.pager", "cat"),
    ("core.editor", "false"),
    ("core.sshCommand", "false"),
    ("core.gitProxy", "false"),
    ("core.askPass", "false"),
    ("core.alternateRefsCommand", "false"),
    ("core.quotePath", "false"),
    ("core.safecrlf", "false"),
    ("core.fsync", "none"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("diff.orderFile", "/dev/null"),
    ("diff.noprefix", "false"),
    ("diff.mnemonicPrefix", "false"),
    ("diff.relative", "false"),
    ("diff.submodule", "short"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.workbench-sections.xfuncname", r"^(\[.*)$"),
    ("color.ui", "false"),
    ("color.diff", "false"),
    ("gpg.program", "false"),
    ("gpg.ssh.program", "false"),
    ("gpg.x509.program", "false"),
    ("gpg.ssh.defaultKeyCommand", "false"),
    ("log.showSignature", "false"),
    ("log.mailmap", "false"),
    ("log.showRoot", "true"),
    ("commit.gpgSign", "false"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("submodule.recurse", "false"),
    ("status.submoduleSummary", "false"),
    ("maintenance.auto", "false"),
    ("gc.auto", "0"),
)
"""Configuration that overrides what the repository and the user say: what would run a program, and what would change
the form of the output."""

_NO_DRIVERS = {"diff", "log", "show", "whatchanged", "format-patch", "diff-tree", "diff-index", "diff-files"}
_NO_PATHSPECS = {"check-ignore"}
_NO_TEXTCONV = {"blame", "annotate", "grep"}

_KEPT = {
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """What keeps git from running anything of one repository, beside :data:`GUARDS`.

    No program below ``outside`` is run; ``settings`` are (key, value) pairs of configuration, mostly commands that the
    repository's configuration holds, turned off by name.
    """

    outside: Path | None = None
    settings: tuple[tuple[str, str], ...] = ()


UNGUARDED = Guard()
"""For folders whose configuration is ours."""


def run_git(
    root: Path,
    *args: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    guard: Guard = UNGUARDED,
    timeout: float = TIMEOUT,
) -> bytes:
    """Standard output of git in ``root``. Raises GitError, also when the time (seconds) runs out."""
    argv, variables = prepared(root, args, guard, env)
    try:
        ended = subprocess.run(argv, input=stdin, env=variables, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise GitError(args, -1, f"no answer within {timeout:g} s") from error
    except (OSError, ValueError) as error:
        raise GitError(args, 127, str(error)) from error
    if ended.returncode:
        raise GitError(args, ended.returncode, ended.stderr.decode("utf-8", "replace"))
    return ended.stdout


async def git(
    root: Path,
    *args: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    guard: Guard = UNGUARDED,
    timeout: float = TIMEOUT,
) -> bytes:
    """The same without holding the loop; cancelling ends git."""
    argv, variables = prepared(root, args, guard, env)
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=pipe, env=variables)
    except (OSError, ValueError) as error:
        raise GitError(args, 127, str(error)) from error
    try:
        async with asyncio.timeout(timeout):
            out, err = await process.communicate(stdin)
    except TimeoutError as error:
        raise GitError(args, -1, f"no answer within {timeout:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise GitError(args, process.returncode, err.decode("utf-8", "replace"))
    return out


def prepared(
    root: Path, args: tuple[str, ...], guard: Guard, env: Mapping[str, str] | None
) -> tuple[list[str], dict[str, str]]:
    """The argument list and the environment for guarded git; ``args`` begin with git's command.

    Raises GitError for options before the command, which could undo the guard, and where there is no git.
    """
    if not args or args[0].startswith("-"):
        raise GitError(args, 129, "the first argument is not a command of git")
    path = search_path(os.environ.get("PATH", os.defpath), guard.outside or root)
    program = shutil.which("git", path=path)
    if program is None:
        raise GitError(args, 127, "git was not found on PATH (entries inside the repository are passed over)")
    variables = environment(path)
    argv = [program, "-C", str(root), "--no-pager"]
    if args[0] not in _NO_PATHSPECS:
        argv.append("--literal-pathspecs")
    for number, (key, value) in enumerate((*GUARDS, *guard.settings)):
        if "=" in key:
            variables[f"WORKBENCH_SETTING_{number}"] = value
            argv.append(f"--config-env={key}=WORKBENCH_SETTING_{number}")
        else:
            argv += ["-c", f"{key}={value}"]
    argv.append(args[0])
    if args[0] in _NO_DRIVERS:
        argv += ["--no-ext-diff", "--no-textconv"]
    elif args[0] in _NO_TEXTCONV:
        argv.append("--no-textconv")
    return [*argv, *args[1:]], {**variables, **(env or {})}


@lru_cache(maxsize=64)
def search_path(path: str, root: Path) -> str:
    """``path`` (a PATH) without relative entries and without those inside ``root``."""
    top = root.resolve()
    entries = [Path(entry) for entry in path.split(os.pathsep) if entry and Path(entry).is_absolute()]
    if top != Path(top.anchor):
        entries = [entry for entry in entries if not _within(entry, top)]
    return os.pathsep.join(str(entry) for entry in entries)


def _within(entry: Path, top: Path) -> bool:
    """Whether the folder, or the git in it, lies inside ``top``, links followed."""
    return any(place.resolve().is_relative_to(top) for place in (entry, entry / "git"))


def environment(path: str) -> dict[str, str]:
    """Our environment without git's own variables, plus what keeps git quiet and local."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in _KEPT}
    env.update(
        PATH=path,
        GIT_OPTIONAL_LOCKS="0",
        GIT_TERMINAL_PROMPT="0",
        GIT_NO_LAZY_FETCH="1",
        GIT_ALLOW_PROTOCOL="none",
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_ATTR_NOSYSTEM="1",
        GIT_ASKPASS="false",
        SSH_ASKPASS="false",
        LC_ALL="C",
    )
    return env
