"""Why a run ended, out of what it said on standard error."""

from __future__ import annotations

import pytest

from workbench.analysis.testruns import Ended, Tracker
from workbench.case.enums import RunStatus

USAGE = """ERROR: usage: __main__.py [options] [file_or_dir] [file_or_dir] [...]
__main__.py: error: unrecognized arguments: --fast
  inifile: /home/shop/pytest.ini
  rootdir: /home/shop
"""
WARNING = """/lib/plugin.py:208: PytestDeprecationWarning: an option is unset

  warnings.warn(PytestDeprecationWarning(UNSET))
"""
LIBRARY = "/usr/lib/python3.11/ast.py:50: in parse\n    return compile(source)\n"
HELPER = "tests/conftest.py:2: in <module>\n    import helper\ntests/helper.py:7: in <module>\nE   ValueError: no\n"
SYNTAX = f"""{LIBRARY}E     File "/home/shop/tests/conftest.py", line 2
E       def (:
E   SyntaxError: invalid syntax
"""


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        (USAGE, "the test process died (exit code 4): unrecognized arguments: --fast"),
        ("Traceback:\n  File 'a.py', line 1\nValueError: no\n", "the test process died (exit code 4): ValueError: no"),
        ("", "the test process died (exit code 4)"),
    ],
)
def test_what_is_called_an_error_is_said_not_the_details_after_it(stderr: str, message: str) -> None:
    assert Tracker().close(Ended(4, stderr=stderr)) == (RunStatus.ERROR, message)


def test_where_there_are_no_tests_a_warning_is_not_the_reason() -> None:
    assert Tracker(finished=True).close(Ended(5, stderr=WARNING)) == (
        RunStatus.NO_TESTS,
        "no test ran: none was found",
    )


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        (HELPER, "ValueError: no, tests/helper.py:7"),
        (SYNTAX, "SyntaxError: invalid syntax, /home/shop/tests/conftest.py:2"),
        (f"{LIBRARY}E   OSError: no\n", "OSError: no"),
    ],
)
def test_a_conftest_that_cannot_be_imported_is_said_with_the_place(stderr: str, message: str) -> None:
    said = Tracker().close(
        Ended(4, stderr=f"ImportError while loading conftest '/home/shop/tests/conftest.py'.\n{stderr}")
    )
    assert said == (RunStatus.ERROR, f"conftest.py could not be imported: {message}")
