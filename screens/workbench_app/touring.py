"""The tour's own command: it writes what the tour asks for."""

from __future__ import annotations

import asyncio

from workbench_kit.faults import fault

from workbench_app.asking import Asking


class Touring(Asking):
    """The method behind ``app.tour``."""

    def why_not(self, command: str) -> str:
        if command == "app.tour" and (self.desk is None or not self.desk.tour):
            return "only on the tour: workbench demo --tour"
        return super().why_not(command)

    def do_app_tour(self) -> None:
        self.work(self._write())

    async def _write(self) -> None:
        from workbench_kit.tour import hint

        from workbench.demo import DemoError
        from workbench.demo.tour import FIXED, write_fix, write_test

        assert self.desk is not None
        session = self.desk.session
        now = hint(session, FIXED)
        doing = {"test": write_test, "fix": write_fix}.get(now.writes)
        if doing is None:
            self.notify(now.text)
            return
        if why := session.services.journal.readonly_reason:
            fault(self, why, "nothing was changed", "start the tour where you may write: workbench demo --tour")
            return
        try:
            await asyncio.to_thread(doing, session.services.repository.root)
        except DemoError as error:
            fault(self, str(error), "nothing was changed", f"write the {now.writes} yourself: e opens it", grave=True)
            return
        session.change.refresh()
        self.notify(f"the {now.writes} was written: 2, then 6, shows it")
