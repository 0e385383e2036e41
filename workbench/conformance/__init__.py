"""The conformance kit, for the tests of a plugin: ``assert not check_analyzer(MyAnalyzer(), subject)``.

Each check plans, runs and folds as the engine does, but in this process, and gives what was found wrong as sentences:
a step that cannot be sent to a worker, a result that is not the contract's. What the plugin raises rises.
"""

from workbench.conformance.checks import check_analyzer as check_analyzer
from workbench.conformance.checks import check_fixer as check_fixer
from workbench.conformance.checks import check_gate as check_gate
from workbench.conformance.checks import check_log_format as check_log_format
from workbench.conformance.checks import check_log_source as check_log_source
from workbench.conformance.checks import check_runner as check_runner
from workbench.conformance.host import LocalHost as LocalHost
