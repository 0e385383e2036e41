"""The panels of pane 1, with what each says while it is empty."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from workbench_kit.panel import ListPanel, Panel, TextPanel, TreePanel

from workbench.case.enums import TriageState
from workbench_investigate.code_panel import CodePanel
from workbench_investigate.log_panel import LogPanel
from workbench_investigate.patterns import pattern_lines
from workbench_investigate.rows import (
    cause_lines,
    change_height,
    changed_lines,
    check_lines,
    error_lines,
    finding_lines,
)
from workbench_investigate.tree import place_line

PROBLEMS = {"judge.yes": "relevant", "judge.no": "noise"}
CAUSES = {"judge.yes": "supported", "judge.no": "refuted"}


class Panels:
    """All of them by name. ``triage`` says what people said of a problem, by its fingerprint."""

    def __init__(self, triage: Callable[[str], TriageState]) -> None:
        by_id = attrgetter("id")
        self.causes = ListPanel(by_id, cause_lines, height=2, judges=True, id="causes").titled(
            4, "Causes", "no cause is proposed, A adds one of your own"
        )
        self.errors = ListPanel(by_id, error_lines, height=2, judges=True, id="errors").titled(5, "Errors")
        self.files = TreePanel(
            lambda place, width: place_line(place, width, triage(f"hotspot {place.path}")), judges=True, id="files"
        ).titled(6, "Files", elastic=True)
        self.findings = ListPanel(
            by_id, lambda row, width: finding_lines(row, triage), judges=True, id="findings"
        ).titled(0, "Findings", "no finding yet: A adds a cause of your own")
        self.code = CodePanel(id="code").titled(
            0, "Code", "J goes to the first problem, 6 to the files", elastic=True, tab="Code"
        )
        self.code.most = 40
        self.causes.labels = CAUSES
        self.log = LogPanel(id="log").titled(7, "Log")
        self.log.most = 12
        self.patterns = ListPanel(by_id, pattern_lines, id="patterns").titled(
            0, "Patterns", "no pattern of the log is known yet: L goes to the log"
        )
        self.patterns.most = 6
        self.why = TextPanel(id="why").titled(
            8, "Why", "why something stands where it is: J goes to the first problem, 6 opens the files"
        )
        self.changed = ListPanel(
            by_id, lambda row, width: changed_lines(row, width, triage), height=change_height, judges=True, id="changed"
        ).titled(9, "What changed", "no change known in the time of the errors: T is the timeline", tab="Changed")
        for panel in (self.errors, self.findings, self.files, self.changed):
            panel.labels = PROBLEMS
        self.around = TextPanel(id="around").titled(
            0,
            "Around",
            "no call to another host is logged, and no database was given: L points at a log, --db URL at a database",
            tab="Around",
        )
        self.around.most = 8
        self.flow = TextPanel(id="flow").titled(
            0, "Flow", "no path of calls is known yet: C shows who calls what is selected"
        )
        self.checks = ListPanel(attrgetter("analyzer"), check_lines, id="checks").titled(
            0, "Checks", 'nothing was checked yet. : and "ask" asks a question'
        )

    def columns(self) -> tuple[list[Panel], list[Panel], list[Panel]]:
        """Left, middle and right, from the top."""
        left: list[Panel] = [self.causes, self.errors, self.files, self.findings]
        return left, [self.code, self.log], [self.why, self.changed, self.around, self.flow, self.checks, self.patterns]

    def named(self, name: str) -> Panel:
        """The panel of that id. KeyError rises when there is none."""
        return {panel.id or "": panel for column in self.columns() for panel in column}[name]
