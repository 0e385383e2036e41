"""Before the first paint nothing heavy is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("git", "pytest", "pygments", "watchfiles", "importlib.metadata", "workbench.engine", "sqlite3", "pluggy")

PROGRAM = """
import asyncio, sys
from workbench_app.app import WorkbenchApp

class Probe(WorkbenchApp):
    def first_painted(self):
        self.seen = sorted(sys.modules)
        self.text = self.export_screenshot()
        self.exit(0)

app = Probe(sys.argv[1])
app.run(headless=True, size=(100, 30))
assert "Question" in app.text
print("\\n".join(app.seen))
"""


def test_nothing_heavy_is_loaded_before_the_first_paint(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    seen = ended.stdout.split()
    assert "workbench_app.app" in seen
    assert [name for name in HEAVY if name in seen] == []
    ours = {name.partition(".")[0] for name in seen if name.startswith("workbench")}
    assert ours == {"workbench_app", "workbench_kit"}
