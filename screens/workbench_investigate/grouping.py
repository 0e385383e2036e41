"""What people say of the grouping of errors in pane 1: these are one, this is two, leave it as it was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from workbench_kit.chooser import Choice, Chooser

from workbench.case.grouping import Regroup, grouping_data
from workbench.case.logs import LogError
from workbench_investigate.judging import Judging

if TYPE_CHECKING:
    from workbench_investigate.why import Subject


class Grouping(Judging):
    """The pane's commands that put errors together or tell them apart. Each is journaled and can be taken back."""

    subject: Subject | None

    def why_not(self, command: str) -> str:
        if not command.startswith("investigate.errors_"):
            return super().why_not(command)
        error = self._error()
        if error is None:
            return "no error is selected"
        if command == "investigate.errors_split" and len(error.variants) < 2:
            return "this error has one variant only: there is nothing to tell apart"
        if command == "investigate.errors_merge" and len(self.desk.views.errors) < 2:
            return "there is no other error"
        if command == "investigate.errors_regroup" and not self._spoken_of(error):
            return "nobody has split or merged this error"
        return ""

    def do_investigate_errors_merge(self) -> None:
        chosen = self._chosen()
        if len(chosen) > 1:
            self._group(Regroup.MERGE, chosen)
            return
        others = [each for each in self.desk.views.errors if each.id != chosen[0].id]
        rows = [Choice(each.id, f"{each.type}  {' '.join(each.message.split())}", f"{each.count}×") for each in others]

        def picked(ident: str | None) -> None:
            other = next((each for each in others if each.id == ident), None)
            if other is not None:
                self._group(Regroup.MERGE, [chosen[0], other])

        self._ask(f"Merge {chosen[0].type} with", rows, picked)

    def do_investigate_errors_split(self) -> None:
        error = self._chosen()[0]
        rows = [Choice(each.label, each.label, f"{each.count}×") for each in error.variants]

        def picked(label: str | None) -> None:
            if label:
                self._group(Regroup.SPLIT, [error], label)

        self._ask(f"Which variant of {error.type} is an error of its own?", rows, picked)

    def do_investigate_errors_regroup(self) -> None:
        self._group(Regroup.UNDO, self._chosen()[:1])

    def _ask(self, title: str, rows: Sequence[Choice], picked: Callable[[str | None], None]) -> None:
        self.app.push_screen(Chooser(title, rows), picked)

    def _error(self) -> LogError | None:
        return self.subject if isinstance(self.subject, LogError) else None

    def _chosen(self) -> list[LogError]:
        """The errors of the range in the list, or the one that is selected."""
        errors = self.its.errors
        keys = [errors.row_key(row) for row in errors.chosen()] if errors.range_start is not None else []
        found = [error for error in self.desk.views.errors if error.id in keys]
        selected = self._error()
        return found if len(found) > 1 else [selected] if selected is not None else []

    def _spoken_of(self, error: LogError) -> bool:
        return any(error.fingerprint in each.errors for each in self.desk.state.groupings)

    def _group(self, action: Regroup, errors: Sequence[LogError], variant: str = "") -> None:
        data = grouping_data(action, errors, variant)
        back = grouping_data(Regroup.UNDO, errors[:1])
        session = self.desk.session
        self.its.errors.set_range(None)
        self.work(session.record("error.grouped", data))
        if action is not Regroup.UNDO:
            self.desk.history.did(
                f"{action} {data['title']}",
                lambda: session.record("error.grouped", back),
                lambda: session.record("error.grouped", data),
            )
        self.app.notify(f"{'left as found' if action is Regroup.UNDO else action}: {data['title']}")
