"""The verdict on the demo as ``workbench validate`` gives it: whole project, every gate, nothing made quicker.

    python tests/bench/demo_verdicts.py FOLDER [FIX...]

Before the fix, after the right one, after each unsafe one, and with a test weakened. The bar: ready (0) for ``right``
alone, not ready (1) for all others, each with the gates that are red. DATABASE_URL names a PostgreSQL to be used in the
place of SQLite.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.scenarios.auth_demo import TEST
from workbench.demo import write_demo

FIXES = ROOT / "tests" / "scenarios" / "demo_fixes"
READY = {"right": 0}


def verdict(folder: Path, fix: str) -> tuple[int, dict[str, str], float]:
    """(exit code, status by gate, seconds) of the demo with ``fix``."""
    repo = write_demo(folder / fix).repo
    (repo / "tests" / "test_race.py").write_text(TEST)
    if (FIXES / f"{fix}.patch").exists() or fix == "weakened":
        patch = "right" if fix == "weakened" else fix
        subprocess.run(["git", "apply", FIXES / f"{patch}.patch"], cwd=repo, check=True)
    if fix == "weakened":
        test = repo / "tests" / "test_refresh.py"
        test.write_text(test.read_text().replace("assert ", "assert True or ", 1))
    words = ["validate", "--repo", str(repo), "--store", str(folder / fix / "data"), "--trust", "--format", "json"]
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-P", "-m", "workbench", *words], capture_output=True, check=False)
    document = json.loads(done.stdout)
    red = {gate["id"]: gate["reason"] for gate in document["gates"] if gate["status"] in ("fail", "error")}
    return done.returncode, red, time.monotonic() - began


def main(folder: Path, fixes: list[str]) -> int:
    """Print a row a fix; 1 when one is not as it should be."""
    os.environ.setdefault("WORKBENCH_PYTHON", sys.executable)
    wrong = 0
    for fix in fixes or ["before", *sorted(path.stem for path in FIXES.glob("*.patch")), "weakened"]:
        code, red, seconds = verdict(folder, fix)
        good = code == READY.get(fix, 1)
        wrong += not good
        print(f"{'as it should' if good else 'WRONG':12} {fix:24} exit {code}  {seconds:5.0f} s", flush=True)
        for gate, reason in red.items():
            print(f"{'':15}{gate}: {reason[:150]}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
