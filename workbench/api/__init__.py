"""All that a plugin may import from Workbench: value types, contracts and hook specifications.

One rule for all five kinds, plan, work, fold: ``plan`` is an async generator that yields :class:`Chunk`,
:class:`Command` or :class:`Known`; the engine runs them, several at once; ``fold`` makes one outcome of their results.
A plugin never starts a process or a thread itself: all it does can be cancelled, timed out and shown.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.api.hooks import Register as Register
from workbench.api.hooks import hookimpl as hookimpl
from workbench.api.hooks import hookspec as hookspec
from workbench.api.hooks import register_analyzers as register_analyzers
from workbench.api.hooks import register_fixers as register_fixers
from workbench.api.hooks import register_gates as register_gates
from workbench.api.hooks import register_log_formats as register_log_formats
from workbench.api.hooks import register_log_sources as register_log_sources
from workbench.api.hooks import register_runners as register_runners
from workbench.api.places import MODULES

if TYPE_CHECKING:
    from workbench.analysis.causes import confidence as confidence
    from workbench.analysis.causes import in_the_code as in_the_code
    from workbench.analysis.causes import surest as surest
    from workbench.analysis.changed_paths import class_of as class_of
    from workbench.analysis.changed_paths import classes_of as classes_of
    from workbench.analysis.changed_paths import part_of as part_of
    from workbench.analysis.diffs import line_after as line_after
    from workbench.analysis.diffs import parse_diff as parse_diff
    from workbench.analysis.fingerprints import fingerprint as fingerprint
    from workbench.analysis.fingerprints import new_findings as new_findings
    from workbench.analysis.gate_proposals import is_dependency_file as is_dependency_file
    from workbench.analysis.gate_proposals import is_migration as is_migration
    from workbench.analysis.git_time import git_time as git_time
    from workbench.analysis.languages import is_test as is_test
    from workbench.analysis.logs.before.level import level_shift as level_shift
    from workbench.analysis.logs.before.series import bars as bars
    from workbench.analysis.logs.before.series import moved as moved
    from workbench.analysis.logs.before.series import shift_event as shift_event
    from workbench.analysis.logs.calls import Call as Call
    from workbench.analysis.logs.calls import Calls as Calls
    from workbench.analysis.logs.digest.digest import Digest as Digest
    from workbench.analysis.logs.digest.digest import digest as digest
    from workbench.analysis.logs.digest.facts import facts as facts
    from workbench.analysis.logs.digest.settings import Lens as Lens
    from workbench.analysis.logs.files import FoundFiles as FoundFiles
    from workbench.analysis.logs.files import find_files as find_files
    from workbench.analysis.logs.files import likely as likely
    from workbench.analysis.logs.literals import calls_in as calls_in
    from workbench.analysis.logs.operations.said import change_events as change_events
    from workbench.analysis.logs.operations.said import deployed as deployed
    from workbench.analysis.logs.operations.said import upstreams as upstreams
    from workbench.analysis.logs.operations.slow import durations as durations
    from workbench.analysis.logs.operations.slow import slower as slower
    from workbench.analysis.logs.operations.survey import Operations as Operations
    from workbench.analysis.logs.operations.survey import look as look
    from workbench.analysis.logs.operations.survey import together as together
    from workbench.analysis.logs.scan.part import Survey as Survey
    from workbench.analysis.logs.scan.part import parts as parts
    from workbench.analysis.logs.scan.part import sampled as sampled
    from workbench.analysis.logs.scan.part import scan_part as scan_part
    from workbench.analysis.logs.scan.part import survey as survey
    from workbench.analysis.logs.scan.table import Table as Table
    from workbench.analysis.logs.traces.checkout import Checkout as Checkout
    from workbench.analysis.logs.traces.model import RawFrame as RawFrame
    from workbench.analysis.mermaid import mermaid as mermaid
    from workbench.analysis.pip_audit import Audited as Audited
    from workbench.analysis.pip_audit import audit_words as audit_words
    from workbench.analysis.pip_audit import read_audit as read_audit
    from workbench.analysis.quantity import quantity as quantity
    from workbench.analysis.ranking import Ranking as Ranking
    from workbench.analysis.ranking import rank_chunk as rank_chunk
    from workbench.analysis.sarif import SarifError as SarifError
    from workbench.analysis.sarif import SarifLog as SarifLog
    from workbench.analysis.sarif import read_sarif as read_sarif
    from workbench.analysis.statistics import fisher_exact_greater as fisher_exact_greater
    from workbench.analysis.statistics import wilson_interval as wilson_interval
    from workbench.analysis.tamper import tamper_marks as tamper_marks
    from workbench.analysis.testlines import test_events as test_events
    from workbench.api.advising import AdviceError as AdviceError
    from workbench.api.advising import Adviser as Adviser
    from workbench.api.advising import Claim as Claim
    from workbench.api.fixing import Fixer as Fixer
    from workbench.api.fixing import FixRequest as FixRequest
    from workbench.api.gating import ChangeSubject as ChangeSubject
    from workbench.api.gating import Gate as Gate
    from workbench.api.gating import concluded as concluded
    from workbench.api.gating import gate_setting as gate_setting
    from workbench.api.host import Conversation as Conversation
    from workbench.api.host import FixHost as FixHost
    from workbench.api.host import GateHost as GateHost
    from workbench.api.host import Host as Host
    from workbench.api.investigating import Analyzer as Analyzer
    from workbench.api.investigating import LogSource as LogSource
    from workbench.api.investigating import Subject as Subject
    from workbench.api.running import EventReader as EventReader
    from workbench.api.running import ReadingRunner as ReadingRunner
    from workbench.api.running import Runner as Runner
    from workbench.api.running import SwappingRunner as SwappingRunner
    from workbench.api.running import TestCommand as TestCommand
    from workbench.api.running import TestRequest as TestRequest
    from workbench.api.running import WarmRunner as WarmRunner
    from workbench.api.steps import Chunk as Chunk
    from workbench.api.steps import Command as Command
    from workbench.api.steps import Known as Known
    from workbench.api.steps import Output as Output
    from workbench.api.steps import Step as Step
    from workbench.case.enums import BAD as BAD
    from workbench.case.errors import CommandMissingError as CommandMissingError
    from workbench.case.errors import GitError as GitError
    from workbench.case.logs import Feed as Feed
    from workbench.case.logs import FeedFile as FeedFile
    from workbench.case.logs import LogFormat as LogFormat
    from workbench.case.model import *  # noqa: F403 - __all__ names them
    from workbench.case.playbook import EVERYTHING as EVERYTHING
    from workbench.case.playbook import chosen as chosen
    from workbench.case.state import Report as Report
    from workbench.case.testing import Raised as Raised
    from workbench.case.testing import TestEvent as TestEvent
    from workbench.case.testing import TestRate as TestRate
else:

    def __getattr__(name: str) -> Any:
        """What is asked for is imported then: a worker that reads one file starts in half the time."""
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found = getattr(import_module(MODULES[name]), name)
        return found
