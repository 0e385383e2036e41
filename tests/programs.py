"""Programs that answer as they were recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


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


def run(*argv: str | Path, cwd: Path, codes: tuple[int, ...] = (0,), **more: str) -> str:
    """What a program prints that ends with one of ``codes``; ``more`` is added to its environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}
    done = subprocess.run([str(each) for each in argv], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in codes, done.stdout + done.stderr
    return done.stdout
