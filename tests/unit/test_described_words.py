"""What the descriptions of programs are made of: the words of a command, and the places that a program names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.api import Output, Severity
from workbench.engine.described.analyzer import AnalyzerOutputError, Described, read
from workbench.engine.described.words import filled


def ran(stdout: bytes, exit_code: int = 0) -> Output:
    return Output(("tool",), exit_code, stdout, b"bad flag\n", 0.1)


def places(output: str, stdout: bytes, root: Path) -> list[tuple[str, int, str, str, Severity]]:
    found = read(Described("mine", ("tool",), output), "", str(root), ran(stdout))[:-1]
    return [(each.path, each.line, each.rule, each.message, each.severity) for each in found]


@given(st.text(), st.dictionaries(st.sampled_from(["root", "where"]), st.text()))
def test_only_what_is_known_is_filled_in_and_never_twice(word: str, values: dict[str, str]) -> None:
    plain = word.replace("{root}", "").replace("{where}", "")
    assert filled([plain], {}) == (plain,)
    assert filled(["{root}"], {"root": "{where}", "where": "x"}) == ("{where}",)
    if "{" not in word:
        assert filled([word], values) == (word,)


def test_lines_as_compilers_print_them(tmp_path: Path) -> None:
    said = b"./a.c:3:7: error: no such thing [E12]\nin function f:\n" + f"{tmp_path}/b.sh:1: waits\n".encode()
    assert places("lines", said, tmp_path) == [
        ("a.c", 3, "E12", "no such thing [E12]", Severity.ERROR),
        ("b.sh", 1, "finding", "waits", Severity.WARNING),
    ]


def test_lines_of_json(tmp_path: Path) -> None:
    said = b'{"path": "a.py", "line": 0, "rule": "R", "message": "m\\nn", "severity": "note"}\nnoise\n{"path": 1}\n'
    assert places("jsonl", said, tmp_path) == [("a.py", 1, "R", "m n", Severity.INFO)]


def test_equal_lines_of_a_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x()\nx()\n")
    found = read(Described("mine", ("tool",), "lines"), "", str(tmp_path), ran(b"a.py:1: bad\na.py:2: bad\n"))
    assert len({each.id for each in found[:-1]}) == 2


def test_a_program_that_failed_is_not_a_program_that_found_nothing(tmp_path: Path) -> None:
    for described, output in (
        (Described("mine", ("tool",), "lines"), ran(b"", 2)),
        (Described("mine", ("tool",), "lines", good=(0, 1)), ran(b"a.py:1: bad\n", 3)),
        (Described("mine", ("tool",), "sarif"), ran(b"not json", 0)),
    ):
        with pytest.raises(AnalyzerOutputError, match="ended with"):
            read(described, "", str(tmp_path), output)
    assert len(read(Described("mine", ("tool",), "lines", good=(0, 1)), "", str(tmp_path), ran(b"", 1))) == 1
