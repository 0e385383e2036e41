"""How often a race is seen by plain repetition and by seeded delays, with the bug and without it.

    python tests/bench/races [RUNS]

Prints the table of docs/proof.md. Bars: the bug in at least 60 % of perturbed runs, never without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT), str(HERE)]

from programs import PROGRAMS


def rate(repo: Path, data: Path, runs: int, *options: str) -> str:
    """Failures of ``runs``, and how many did not end, as ``workbench test --stress`` gives them."""
    argv = [sys.executable, "-P", "-m", "workbench", "--store", str(data), "test", "--format", "json"]
    argv += ["--stress", str(runs), "--seed", "1", *options, "test_race.py::test_race"]
    env = {**os.environ, "WORKBENCH_PYTHON": sys.executable, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(argv, cwd=repo, env=env, capture_output=True, text=True, check=False)
    try:
        one = json.loads(ended.stdout)["stressed"][0]
    except ValueError:
        return ended.stderr.strip()[-60:]
    over, n = one["over"], one["rate"]["n"]
    return f"{(one['rate']['failed'] - over) / n:.0%}" + (f" ({over} of {n} did not end)" if over else "")


def main(runs: int) -> None:
    """Write each program into a repository and print its row."""
    print(f"| program | {runs} plain runs | {runs} perturbed | without the bug, perturbed |\n|---|---|---|---|")
    for name, (bug, right, test) in PROGRAMS.items():
        with tempfile.TemporaryDirectory() as scratch:
            repo, data = Path(scratch) / "repo", Path(scratch) / "data"
            repo.mkdir()
            (repo / "race.py").write_text(bug, encoding="utf-8")
            (repo / "test_race.py").write_text(test, encoding="utf-8")
            subprocess.run(["git", "init", "-q", str(repo)], check=True)
            plain, perturbed = rate(repo, data, runs), rate(repo, data, runs, "--perturb", "--at", "race.py")
            (repo / "race.py").write_text(right, encoding="utf-8")
            print(
                f"| {name} | {plain} | {perturbed} | {rate(repo, data, runs, '--perturb', '--at', 'race.py')} |",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
