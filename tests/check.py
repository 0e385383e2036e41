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
    "tests": ["python", "-m", "pytest", "-n", WORKERS, "--dist", "worksteal"],
}


def main(names: list[str]) -> int:
    """Run the named checks, or all; the exit code is 0 when every one passed.

    Bytecode is written, since the tests start the program a thousand times.
    """
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no such check: {', '.join(unknown)} (there are: {', '.join(CHECKS)})", file=sys.stderr)
        return 2
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    failed = []
    for name in names or list(CHECKS):
        program, *arguments = CHECKS[name]
        print(f"== {name}", flush=True)
        started = time.monotonic()
        ended = subprocess.run([str(BIN / program), *arguments], cwd=ROOT, env=environment, check=False)
        said = "ok" if ended.returncode == 0 else "FAILED"
        print(f"== {name}: {said} in {time.monotonic() - started:.0f} s", flush=True)
        if ended.returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
