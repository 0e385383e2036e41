"""The house falls one way, shown by reading the imports and by running the core."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONTRACTS = Path(__file__).parent


def test_import_contracts_hold() -> None:
    ended = subprocess.run([sys.executable, str(CONTRACTS / "layers.py")], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_a_circle_or_a_type_only_import_of_textual_would_be_seen(tmp_path: Path) -> None:
    from tests.contracts import layers

    assert "workbench.case" in layers.configuration()
    assert set(layers.packages("plugins")) <= set(layers.configuration().split())


def test_the_whole_core_loads_without_textual() -> None:
    program = (
        "import importlib, pkgutil, sys, workbench\n"
        "for module in pkgutil.walk_packages(workbench.__path__, 'workbench.'):\n"
        "    if '.demo.' in module.name or module.name.endswith(('__main__', '.worker', '.reaper')):\n"
        "        continue\n"
        "    importlib.import_module(module.name)\n"
        "assert 'workbench.engine.session' in sys.modules\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'textual'])\n"
    )
    ended = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "[]"
