"""What its author runs: the conformance kit, and its own rule."""

from __future__ import annotations

from pathlib import Path

from workbench_spdx.analyzer import Licences
from workbench_spdx.gate import LicenceGate
from workbench_spdx.header import without

from workbench.api import ChangeSubject, Subject
from workbench.conformance import check_analyzer, check_gate


def test_both_keep_their_contracts(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# SPDX-License-Identifier: MIT\n")
    (tmp_path / "b.py").write_text("x = 1\n")
    assert without(str(tmp_path), ["a.py", "b.py", "gone.py"]) == ["b.py"]
    root = str(tmp_path)
    assert not check_analyzer(Licences(), Subject("why?", root, "", "", paths={"a.py": "", "b.py": ""}))
    assert not check_gate(LicenceGate(), ChangeSubject(root, "", "", root, root, ("b.py",), "python"))
