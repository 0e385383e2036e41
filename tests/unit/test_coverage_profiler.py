"""What each test enters, before Python 3.12: nothing that another thread does is lost while the profiler is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import workbench_pytest

SCRIPT = """
import sys, threading
from workbench_pytest_profilers import Profilers

sys.addaudithook(lambda *event: None)
profilers = Profilers()
made = {}
exec("\\n".join(f"def f{number}(): pass" for number in range(20000)), made)
functions = [made[f"f{number}"] for number in range(20000)]
found, threads = {}, []
for start in range(0, 20000, 5000):
    def work(some=functions[start : start + 5000]):
        for function in some:
            function()
    threads.append(threading.Thread(target=work))
    threads[-1].start()
    while threads[-1].is_alive():
        for each in profilers.read():
            found.update(each)
found.update(profilers.read()[0])
print(sum(id(function.__code__) not in found for function in functions))
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="sys.monitoring tells of each function as it begins")
def test_nothing_is_lost_that_another_thread_enters_meanwhile() -> None:
    reporter = Path(workbench_pytest.__file__).parent / "reporter"
    argv = [sys.executable, "-c", SCRIPT]
    said = subprocess.run(argv, env={"PYTHONPATH": str(reporter)}, capture_output=True, text=True, check=True)
    assert said.stdout == "0\n"
