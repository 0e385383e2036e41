"""The tests of pane 2: shown as they come, run by keys, run on every save while watching."""

from __future__ import annotations

from workbench_kit.desk import Place
from workbench_kit.reader import Reader
from workbench_kit.tree_list import Node
from workbench_kit.trusting import Trusting

from workbench.engine.board import Standing, file_of, is_stale
from workbench_fix.in_log import error_in, logged, record, record_of
from workbench_fix.output import output, said
from workbench_fix.panels import NO_TESTS, Panels
from workbench_fix.test_tree import Group, Leaf, Said, TestNode
from workbench_fix.words import pace_lines, run_lines, tests_caption

OPENED = 20
"""Bad tests of one run whose files are opened by themselves."""

_LINE = "~"
"""How the ids of lines begin that are no test."""


class Testing(Trusting):
    """The part of the pane that runs tests and shows what came of it."""

    __test__ = False

    its: Panels

    def begin_tests(self) -> None:
        """Once, when the panels are there."""
        self._unfolded: set[str] = set()
        self._ran = False
        self._to_open = OPENED
        self.its.tests.make = self.test_nodes

    def show_tests(self) -> None:
        """Put the tests as they stand into the panels; at the end of a run that nobody walked through, in order."""
        panel, session = self.its.tests, self.desk.session
        self._unfold_bad()
        panel.say_empty("the tests are being collected … S stops that" if session.tests.running else NO_TESTS)
        widest = panel.maker.widest
        panel.show_tree(self.test_nodes())
        if panel.maker.widest != widest:
            panel.repaint()
        if self._ran and not session.tests.running and panel.cursor == 0:
            panel.action_sort()
            panel.move_to(0)
        self._ran = session.tests.running
        self.its.output.tall = session.tests.board.failed > 0
        panel.caption = tests_caption(session.tests, session.change.tree)
        self.show_output()

    def test_nodes(self) -> list[TestNode]:
        """What the tests panel shows."""
        session = self.desk.session
        unfolded = self.its.tests.unfolded
        above: list[TestNode] = [Node(_LINE + key, line) for key, line in run_lines(session.tests)]
        below: list[TestNode] = [Node(_LINE + key, line) for key, line in pace_lines(session.tests)]
        made = self.its.tests.maker.make(session.tests.board, session.change.tree, unfolded.__contains__)
        return [*above, *made, *below]

    def _unfold_bad(self) -> None:
        """A file is opened when a test of it turns bad, once: a person may fold it again. Only the first few are."""
        tests = self.desk.session.tests
        if tests.running and not self._ran:
            self._to_open = OPENED
        for result in tests.board.bad:
            if result.id not in self._unfolded and self._to_open:
                self._unfolded.add(result.id)
                self._to_open -= 1
                parts = result.id.partition("[")[0].split("::")
                self.its.tests.unfolded.update("::".join(parts[:depth]) for depth in range(1, len(parts) + 1))

    def show_output(self) -> None:
        """Show what the selected test said."""
        panel, session = self.its.output, self.desk.session
        row = self.its.tests.current
        standing = self.selected_test()
        if row is not None and isinstance(row.node.value, Said):
            root = str(session.services.repository.root)
            panel.show_text(said(f"{row.node.value.text}\n\n{session.tests.why}", root=root))
            panel.caption = ""
        elif standing is not None:
            root, stale = str(session.services.repository.root), is_stale(standing, session.change.tree)
            same = error_in(standing.result.traceback, session.views.errors, root)
            panel.show_text(output(standing, root, stale, logged(same)))
            panel.caption = standing.result.id.rpartition("::")[2]
        else:
            panel.show_text(said(self._summary(), "muted"))
            panel.caption = ""

    async def show_record(self, ref: str) -> None:
        """Read the record of the log that an error's row leads to."""
        lines = await record_of(self.desk.session, self.desk.state, ref)
        if lines:
            self.app.push_screen(Reader("Record", record(lines), "it is gone", newest=False))
        else:
            self.app.notify("its log is not read: 1 L reads it", timeout=3)

    def selected_test(self) -> Standing | None:
        """The test under the cursor; of a group the worst, if that is bad."""
        row = self.its.tests.current
        board = self.desk.session.tests.board
        if row is None or isinstance(row.node.value, Said):
            return None
        ident = row.node.id.removesuffix("::")
        if isinstance(row.node.value, Leaf):
            return board.of(ident)
        bad = next((each for each in board.bad if each.id in set(board.known(ident))), None)
        return board.of(bad.id) if bad else None

    def failing_test(self) -> str:
        """The test that is to be made to pass: the selected one if it fails, else the worst; "" when none fails."""
        standing, bad = self.selected_test(), self.desk.session.tests.board.bad
        if standing is not None and any(each.id == standing.result.id for each in bad):
            return standing.result.id
        return bad[0].id if bad else ""

    def _summary(self) -> str:
        row = self.its.tests.current
        if row is None or not isinstance(row.node.value, Group):
            return ""
        group = row.node.value
        tests = f"{group.of} test{'s' * (group.of != 1)}"
        return f"{group.name}: {tests}, {f'{group.stale} of them stale' if group.stale else 'none bad'}"

    def selected_ids(self) -> list[str]:
        """What ``r`` runs: the rows of the range, or the one under the cursor; empty for all."""
        panel = self.its.tests
        rows = [panel.source[at].node for at in panel.chosen() if at < panel.row_count()]
        return [node.id.removesuffix("::") for node in rows if not node.id.startswith(_LINE)]

    def do_run_this(self) -> None:
        tests = self.selected_ids()
        self.its.tests.set_range(None)
        self.when_trusted(lambda: self.desk.session.tests.start(tests, "the selection" if tests else "all"))

    def do_run_all(self) -> None:
        self.when_trusted(lambda: self.desk.session.tests.start((), "all"))

    def do_run_failed(self) -> None:
        self.when_trusted(self.desk.session.tests.start_failed)

    def do_run_stale(self) -> None:
        session = self.desk.session
        self.when_trusted(lambda: session.tests.start_stale(session.change.tree))

    def do_run_watch(self) -> None:
        tests = self.desk.session.tests
        if tests.watching:
            tests.watch(False)
        else:
            self.when_trusted(lambda: tests.watch(True))

    def do_run_stop(self) -> None:
        session = self.desk.session
        if not (session.tests.running or session.proof.attempt or session.proposals.asked):
            super().do_run_stop()
            return
        session.tests.stop()
        session.proof.stop()
        session.proposals.stop()

    def do_fix_output(self) -> None:
        self.go_panel(self.its.output, remember=True)

    def failed_places(self) -> list[Place]:
        """The bad tests, worst first."""
        bad = self.desk.session.tests.board.bad
        return [Place(each.path or file_of(each.id), each.line, each.id, each.id) for each in bad]
