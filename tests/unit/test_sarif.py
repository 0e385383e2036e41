"""SARIF files join the findings: from a real run of ruff, from tools elsewhere, and broken ones; each finding once."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench_linters.sarif import by_name, place, read_file
from workbench_linters.tools import marked

from workbench.api import Finding, SarifError, Severity, read_sarif
from workbench.engine.views import distinct

CODE = "import subprocess\n\n\ndef run(x):\n    subprocess.call(x, shell=True)\n    subprocess.call(x, shell=True)\n"


def log(tool: str, *results: dict[str, Any], **run: Any) -> bytes:
    driver = {"name": tool, "rules": [{"id": "py/x", "defaultConfiguration": {"level": "error"}}]}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results, **run}]}).encode()


def result(uri: str, line: int = 1, **more: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return {"ruleId": "py/x", "message": {"text": "bad\nnews"}, "locations": [{"physicalLocation": place}], **more}


def test_the_level_comes_from_the_result_then_the_rule_and_paths_from_their_base() -> None:
    based = result("a%20b.py", 3, level="note")
    based["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "%SRCROOT%"
    read = read_sarif(
        log(
            "CodeQL",
            result("./src/app.py", ruleIndex=0),
            based,
            {"ruleId": "py/y", "message": {}},
            result("gone.py", suppressions=[{"kind": "inSource"}]),
            originalUriBaseIds={"%SRCROOT%": {"uri": "file:///ci/work/"}},
        )
    )
    assert [(f.path, f.line, f.severity, f.analyzer) for f in read.findings] == [
        ("src/app.py", 1, Severity.ERROR, "codeql"),
        ("/ci/work/a b.py", 3, Severity.INFO, "codeql"),
    ]
    assert read.findings[0].message == "bad news"
    assert (read.unplaced, read.suppressed) == (1, 1)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"runs": 3}', b'{"runs": [{"results": [3]}]}', b"\xff"])
def test_what_is_no_sarif_says_so(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(SarifError):
        read_sarif(data)
    (tmp_path / "x.sarif").write_bytes(data)
    (read,) = read_file(str(tmp_path), "x.sarif")
    assert read.notes[0].startswith("not read: no SARIF log")
    (missing,) = read_file(str(tmp_path), "gone.sarif")
    assert missing.notes == ("not read: No such file or directory",)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: (
            st.lists(v)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "runs",
                        "results",
                        "tool",
                        "driver",
                        "rules",
                        "locations",
                        "physicalLocation",
                        "region",
                        "startLine",
                        "uri",
                        "artifactLocation",
                        "name",
                    ]
                ),
                v,
            )
        ),
    )
)
def test_any_json_is_read_or_refused(value: Any) -> None:
    with contextlib.suppress(SarifError):
        read_sarif(json.dumps(value).encode())


def test_paths_of_another_machine_lead_to_the_file_that_they_end_with() -> None:
    known = by_name(["src/app.py", "app.py", "lib/other.py"])
    assert place("/repo/src/app.py", "/repo", known) == "src/app.py"
    assert place("/home/runner/work/x/src/app.py", "/repo", known) == "src/app.py"
    assert place("lib/other.py", "/repo", known) == "lib/other.py"
    assert place("elsewhere/other.py", "/repo", known) == ""
    assert place("/usr/lib/strange.py", "/repo", known) == ""


def test_a_finding_that_two_tools_have_is_one_and_equal_lines_are_two(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE)
    ruff = [Finding("", "app.py", line, line, "S602", "shell", Severity.WARNING, "ruff", "") for line in (5, 6)]
    bandit = [replace(found, rule="B602", severity=Severity.ERROR, analyzer="bandit") for found in ruff]
    both = distinct([*marked(ruff, str(tmp_path)), *marked(bandit, str(tmp_path))])
    assert [(f.line, f.analyzer, f.also, f.severity) for f in both] == [
        (5, "bandit", ("ruff",), Severity.ERROR),
        (6, "bandit", ("ruff",), Severity.ERROR),
    ]
    before = marked(ruff, str(tmp_path))
    (tmp_path / "app.py").write_text("# a line above\n" + CODE)
    after = marked([replace(found, line=found.line + 1) for found in ruff], str(tmp_path))
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after]
    assert len({f.fingerprint for f in before}) == 2


@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not on PATH")
def test_a_real_log_of_ruff_gives_what_ruff_itself_gives(tmp_path: Path) -> None:
    from workbench_linters.tools import below, read_ruff, ruff

    from workbench.api import Output

    (tmp_path / "app.py").write_text(CODE)
    command = ruff(str(tmp_path))
    direct = subprocess.run(command.argv, capture_output=True, check=False)
    own = list(below(iter(read_ruff(Output(command.argv, 0, direct.stdout, b"", 0.0))), str(tmp_path), "ruff"))
    argv = ["sarif" if word == "json" else word for word in command.argv]
    (tmp_path / "ruff.sarif").write_bytes(subprocess.run(argv, capture_output=True, check=False).stdout)
    (read,) = read_file(str(tmp_path), "ruff.sarif")
    known = by_name(["app.py"])
    logged = marked([replace(f, path=place(f.path, str(tmp_path), known)) for f in read.findings], str(tmp_path))
    assert {f.fingerprint for f in logged} == {f.fingerprint for f in own}
    assert len(distinct([*own, *logged])) == len(own)
