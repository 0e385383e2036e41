"""The one check command, ``python tests/check.py [NAME ...]``: lint, format, types, imports, spelling, tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

WORKERS = str(min(4, (os.cpu_count() or 1) + 1))
"""Tests at once: one more than there are cores, since many wait for programs that they started."""

CHECKS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "pyright": ["pyright", "--pythonpath", sys.executable],
    "imports": ["python", "tests/contracts/layers.py"],
    "spelling": ["codespell", "workbench", "screens", "plugins", "tests", "docs", "README.md", "CHANGELOG.md"],
    "tests": ["python", "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", "--durations=40"],
}


def started(name: str, out: int | None = None) -> subprocess.Popen[str]:
    """The check of that name, under way; what it says goes to ``out``."""
    program, *arguments = CHECKS[name]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    error = None if out is None else subprocess.STDOUT
    return subprocess.Popen(
        [str(BIN / program), *arguments], cwd=ROOT, env=environment, text=True, stdout=out, stderr=error
    )


def main(names: list[str]) -> int:
    """Run the named checks, or all; the exit code is 0 when every one passed.

    Those that only read run at once, the tests when they are done. Bytecode is written, since the tests start the
    program a thousand times.
    """
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no such check: {', '.join(unknown)} (there are: {', '.join(CHECKS)})", file=sys.stderr)
        return 2
    wanted = names or list(CHECKS)
    reading = {name: started(name, subprocess.PIPE) for name in wanted if name != "tests"}
    failed = []
    for name in sorted(wanted, key=lambda name: name == "tests"):
        print(f"== {name}", flush=True)
        at = time.monotonic()
        check = reading.get(name) or started(name)
        said, _ = check.communicate()
        print(said or "", end="")
        good = "ok" if check.returncode == 0 else "FAILED"
        print(f"== {name}: {good} after {time.monotonic() - at:.0f} s", flush=True)
        if check.returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
