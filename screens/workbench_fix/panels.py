"""The panels of pane 2, with what each says while it is empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workbench_kit.arrange import Want
from workbench_kit.diff_view import DiffView
from workbench_kit.panel import ListPanel, Panel, TextPanel, TreePanel

from workbench.engine.board import file_of
from workbench_fix.proposals import proposal_height, proposal_lines
from workbench_fix.test_tree import TestNode, TestTree

NO_TESTS = "no test was run in this case yet: a runs all"
NO_OUTPUT = "the output of the test under the cursor: 4 goes to the tests, J finds the next one that fails"
NO_PROPOSAL = "nothing is proposed yet: 8 r asks the fixers to make the selected test pass"


class TestsPanel(TreePanel):
    """The tests. ``make`` gives the tree anew: what is folded was not made."""

    __test__ = False

    def __init__(self) -> None:
        self.maker = TestTree()
        self.make: Callable[[], list[TestNode]] = list
        super().__init__(self.maker.line, id="tests")

    def go(self, key: str) -> bool:
        if file_of(key) not in self.unfolded:
            self.unfolded.add(file_of(key))
            self.show_tree(self.make())
        return super().go(key)

    def _toggle(self, node: str) -> None:
        self.unfolded.symmetric_difference_update({node})
        self.show_tree(self.make())


class OutputPanel(TextPanel):
    """The output of a test. While a test is bad (``tall``) it asks for the same height whatever it shows, so that
    nothing jumps from test to test."""

    tall = False

    def want(self) -> Want:
        want = super().want()
        return replace(want, lines=max(want.lines, self.most)) if self.tall else want


class DiffPanel(DiffView, Panel):
    """The change as a panel."""


class Panels:
    """All of them by name."""

    def __init__(self) -> None:
        self.tests = TestsPanel().titled(4, "Tests", NO_TESTS, elastic=True)
        self.output = OutputPanel(id="output").titled(5, "Output", NO_OUTPUT)
        self.change = DiffPanel(id="change").titled(6, "Change", "looking …", elastic=True)
        self.change.most = 40
        self.change.labels = {"judge.yes": "accept", "judge.no": "take out", "view.range": "lines"}
        self.proof = TextPanel(id="proof").titled(7, "Proof")
        self.proof.labels = {"run.this": "prove"}
        self.proposals = ListPanel(
            lambda each: each.id, proposal_lines, height=proposal_height, judges=True, id="proposals"
        ).titled(8, "Proposals", NO_PROPOSAL, elastic=True)
        self.proposals.labels = {"run.this": "ask fixers", "judge.yes": "apply", "judge.no": "reject"}

    def columns(self) -> tuple[list[Panel], list[Panel], list[Panel]]:
        """Left, middle and right, from the top."""
        return [self.tests, self.output], [self.change], [self.proof, self.proposals]
