"""The store of per-test coverage: what is forgotten; who reads first and writes later does not fail beside a writer."""

from __future__ import annotations

from pathlib import Path

from workbench.analysis.coverage_store import failing_tests, forget_all_but, keep_failing, opened


def test_tests_of_files_that_are_no_more_are_forgotten(tmp_path: Path) -> None:
    path = str(tmp_path / "coverage.sqlite")
    with opened(path) as store:
        keep_failing(store, {"a.py::one": (), "b.py::two[x::y]": (("b.py", "two"),)}, ())
        forget_all_but(store, {"b.py"})
    with opened(path) as store:
        assert failing_tests(store) == {"b.py::two[x::y]": (("b.py", "two"),)}


def test_where_nothing_is_forgotten_another_may_write_before_we_do(tmp_path: Path) -> None:
    path = str(tmp_path / "coverage.sqlite")
    with opened(path) as store:
        keep_failing(store, {"a.py::one": ()}, ())
    with opened(path) as ours:
        forget_all_but(ours, {"a.py"})
        with opened(path) as theirs:
            keep_failing(theirs, {"a.py::two": ()}, ())
        keep_failing(ours, {"a.py::three": ()}, ())
    with opened(path) as store:
        assert len(failing_tests(store)) == 3
