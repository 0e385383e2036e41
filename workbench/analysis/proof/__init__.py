"""The rules of red, green, red again. Pure."""

from workbench.analysis.proof.mixed import is_self_contained, only_tests, own_tests
from workbench.analysis.proof.paths import holds_tests, is_test_path
from workbench.analysis.proof.rates import SIGNIFICANT, Rate, rates_differ, runs_to_see
from workbench.analysis.proof.redness import Redness, first_line, foreign_modules, redness, same_reason
from workbench.analysis.proof.tests import TestCode, changed_tests, find_tests, hides_rows

__all__ = [
    "SIGNIFICANT",
    "Rate",
    "Redness",
    "TestCode",
    "changed_tests",
    "find_tests",
    "first_line",
    "foreign_modules",
    "hides_rows",
    "holds_tests",
    "is_self_contained",
    "is_test_path",
    "only_tests",
    "own_tests",
    "rates_differ",
    "redness",
    "runs_to_see",
    "same_reason",
]
