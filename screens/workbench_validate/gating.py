"""What the keys of pane 3 do: run gates, stop them, answer for one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from workbench_kit.dialogs import Ask, Prompt
from workbench_kit.faults import fault
from workbench_kit.trusting import Trusting

from workbench.case.enums import GateStatus
from workbench.engine.gates.budget import NoTimeError, seconds_of


class Gating(Trusting):
    """The part of the pane that runs gates."""

    def selected_gate(self) -> str:
        """The id of the gate under the cursor; empty for none."""
        raise NotImplementedError

    def why_not(self, command: str) -> str:
        session = self.desk.session
        readonly = session.services.journal.readonly_reason
        if command in ("run.failed", "run.watch"):
            return "only in pane 2 fix"
        if command == "run.stop":
            return super().why_not(command)
        if command.startswith("run."):
            return readonly or ("gates are running: S stops them" if session.gates.running else self._nothing(command))
        if command == "validate.waive":
            return readonly or self._not_waivable()
        if command == "validate.approve":
            return readonly or ("" if session.change.tree else "there is no change to approve")
        if command == "validate.budget":
            return readonly or ("gates are running: S stops them" if session.gates.running else "")
        return "" if command == "case.trust" else super().why_not(command)

    def _nothing(self, command: str) -> str:
        session = self.desk.session
        if command == "run.stale" and not session.gates.due(session.change.tree):
            return "nothing is stale"
        return ""

    def _not_waivable(self) -> str:
        name = self.selected_gate()
        result = self.desk.state.gates.get(name)
        if result is None:
            return "select a gate that has run: only what was said can be answered for"
        return f"{name} passes" if result.status is GateStatus.PASS else ""

    def do_run_this(self) -> None:
        name = self.selected_gate()
        self._when_confirmed(lambda: self.desk.session.validate([name] if name else []), name)

    def do_run_all(self) -> None:
        self._when_confirmed(self.desk.session.validate)

    def do_run_stale(self) -> None:
        session = self.desk.session
        self._when_confirmed(lambda: session.validate(session.gates.due(session.change.tree)))

    def _when_confirmed(self, run: Callable[[], object], gate: str = "load") -> None:
        """Run, once a person has said that a host which the settings name may be loaded: else it is left alone."""
        gates = self.desk.session.gates
        host = gates.unconfirmed

        def answered(answer: str | None) -> None:
            if answer == "load":
                gates.confirmed.add(host)
            self.when_trusted(run)

        if gate not in ("", "load") or not host:
            self.when_trusted(run)
            return
        said = f"The settings name {host} for the load. It is no throwaway server: what runs there is loaded for real."
        self.app.push_screen(Ask(f"Load {host}?", said, [("y", "load"), ("n", "leave it alone")]), answered)

    def do_run_stop(self) -> None:
        gates, name = self.desk.session.gates, self.selected_gate()
        if not gates.running:
            super().do_run_stop()
            return
        if name in gates.began or name in gates.waiting:
            self.notify(f"{name} is stopped; S on the verdict stops all", markup=False)
        gates.stop(name)

    def do_validate_waive(self) -> None:
        name = self.selected_gate()

        def reasoned(reason: str | None) -> None:
            if reason:
                said = f"{reason}\n\nYou answer for it by name; an edit voids it."
                asked = Ask(f"Waive {name}?", said, [("y", "waive"), ("n", "leave it")])
                self.app.push_screen(asked, lambda answer: answered(answer, reason))

        def answered(answer: str | None, reason: str) -> None:
            if answer == "waive":
                why, until = until_of(reason)
                self.work(self.desk.session.gates.waive(name, why, until))

        self.app.push_screen(Prompt(f"Waive {name}, because … until 2026-12-31"), reasoned)

    def do_validate_approve(self) -> None:
        session = self.desk.session
        tree, who = session.change.tree, session.services.options.actor

        def answered(answer: str | None) -> None:
            if answer == "approve":
                self.work(session.gates.approve(tree))

        said = f"{who} approves tree {tree[:10]}. An edit voids it; who wrote the change does not count."
        self.app.push_screen(Ask("Approve?", said, [("y", "approve"), ("n", "leave it")]), answered)

    def do_validate_budget(self) -> None:
        def given(text: str | None) -> None:
            if not text:
                return
            try:
                seconds = seconds_of(text)
            except NoTimeError as error:
                fault(self.app, str(error), "nothing was run", "give the budget again", grave=True)
                return
            self._when_confirmed(lambda: self.desk.session.validate(budget=seconds))

        self.app.push_screen(Prompt("Run what fits into (90s, 10m, 1h)"), given)


def until_of(reason: str) -> tuple[str, datetime | None]:
    """A reason without its ``until YYYY-MM-DD``, and the end of that day (UTC); None where none is named."""
    found = re.search(r"[,;]?\s*\buntil (\d{4}-\d\d-\d\d)\s*$", reason)
    if not found:
        return reason, None
    try:
        day = datetime.strptime(found[1], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return reason, None
    return reason[: found.start()] or reason, day + timedelta(days=1)
