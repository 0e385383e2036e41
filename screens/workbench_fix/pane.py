"""Pane 2: the tests, the change, its proof and the proposals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from workbench_kit.code_reader import CodeReader
from workbench_kit.commands import Command, Where
from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Desk, Place
from workbench_kit.keymap import bindings
from workbench_kit.panel import Panel

from workbench.engine.views import NextStep
from workbench_fix.committing import Committing
from workbench_fix.in_log import REF
from workbench_fix.panels import Panels
from workbench_fix.proposing import Proposing
from workbench_fix.proving import Proving
from workbench_fix.searching import Searching
from workbench_fix.testing import Testing
from workbench_fix.words import next_step


class FixPane(Testing, Proposing, Committing, Proving, Searching):
    """Tests and output on the left, the change in the middle, proof and proposals on the right."""

    STEP = 2
    PLACES = (Where.FIX, Where.RUN)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.FIX, Where.RUN)

    def __init__(self, desk: Desk) -> None:
        self.its = Panels()
        super().__init__(desk)
        self.begin_tests()

    def columns(self) -> tuple[Sequence[Panel], Sequence[Panel], Sequence[Panel]]:
        return self.its.columns()

    def on_mount(self) -> None:
        self.its.tests.focus()
        self.work(self.desk.session.follow())

    def show_case(self) -> None:
        self.show_tests()
        self.show_change()
        self.show_comments()
        self.show_proof()
        self.show_proposals()

    def next_step(self) -> NextStep:
        return next_step(self.desk.session)

    def on_cursor_view_moved(self, event: CursorView.Moved) -> None:
        if event.view is self.its.tests:
            self.show_output()
            self.settle()
        elif event.view is self.its.proposals:
            self.review()

    def on_cursor_view_opened(self, event: CursorView.Opened) -> None:
        if event.view is self.its.tests:
            self.go_panel(self.its.output, remember=True)
        elif event.view is self.its.proposals:
            self.go_panel(self.its.change, remember=True)
        elif event.view is self.its.output and (row := self.its.output.current) and row.ref.startswith(REF):
            self.work(self.show_record(row.ref))
        elif (place := self.here()).path:
            self.app.push_screen(CodeReader(self.desk.session, place))

    def do_run_this(self) -> None:
        if self.focused is self.its.proof:
            self.do_fix_prove()
        elif self.focused is self.its.proposals:
            self.do_fix_propose()
        else:
            super().do_run_this()

    def why_not(self, command: str) -> str:
        session = self.desk.session
        readonly = session.services.journal.readonly_reason
        if command == "run.stop":
            return super().why_not(command)
        if command.startswith("run.") and readonly:
            return readonly
        match command:
            case "run.failed":
                return "" if session.tests.outstanding else "nothing is outstanding"
            case "run.stale":
                board = session.tests.board
                return "" if not len(board) or board.due(session.change.tree) else "nothing is stale"
            case "fix.bisect" | "fix.stress" | "fix.perturb":
                return readonly or ("" if self.selected_test() is not None else "no test is selected: a runs all")
            case "fix.prove" | "fix.prove_by":
                return "" if session.change.differs else "there is no change to prove yet"
            case "fix.propose":
                return "" if self.failing_test() else "no test fails: run the tests, or write the one that fails"
            case "fix.commit":
                return readonly or self.why_not_commit()
            case "fix.files":
                return "" if self.its.change.diff.files else "there is no file to list"
            case "fix.needed":
                return "" if self.proposal is not None else "there is no proposal yet"
            case "fix.edit_hunk" if self.reviewed:
                return "a proposal is shown: apply it, then edit"
            case "fix.edit_hunk" if self.view == "staged":
                return "the index is shown, which is no file: b shows the files"
            case "fix.edit_hunk":
                place = self.its.change.place
                return "" if place is not None and place.hunk >= 0 else "the cursor is on no hunk of the change"
            case "fix.output" | "fix.base" | "fix.against" | "case.trust":
                return ""
            case _ if command.startswith("fix."):
                return "" if session.change.differs else "nothing was changed yet"
        return super().why_not(command)

    def offers(self, command: Command) -> bool:
        if command.where is Where.JUDGE:
            judged = next((each for each in (self.its.change, self.its.proposals) if each is self.focused), None)
            return judged is not None and judged.row_count() > 0
        return super().offers(command)

    def do_fix_previous_file(self) -> None:
        self.its.change.action_file(-1)

    def do_fix_next_file(self) -> None:
        self.its.change.action_file(1)

    def do_fix_less_context(self) -> None:
        self.its.change.action_context(-1)

    def do_fix_more_context(self) -> None:
        self.its.change.action_context(1)

    def problems(self) -> list[Place]:
        return self.failed_places()

    def go_problem(self, place: Place) -> None:
        self.its.tests.go(place.ref)

    def here(self) -> Place:
        if self.focused is self.its.change and (place := self.its.change.place) is not None:
            return Place(place.path, place.line, place.path)
        text = next((panel for panel in (self.its.output, self.its.proof) if self.focused is panel), None)
        row = text.current if text is not None else None
        if row is not None and row.path:
            return Place(row.path, row.at, row.path)
        standing = self.selected_test()
        if standing is None:
            return self.desk.place
        result = standing.result
        return Place(result.path, result.line, result.id, result.id)
