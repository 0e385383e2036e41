"""From a place to what is around it: the flow that leads there, its callers and callees, the map as text."""

from __future__ import annotations

from workbench_kit.desk import Place
from workbench_kit.panel import TextPanel

from workbench.analysis.ranking.neighbours import Neighbours
from workbench_investigate.calls import calls, own_row
from workbench_investigate.flow import flow
from workbench_investigate.judging import Judging


class Widening(Judging):
    """The pane's flow panel: calls from the entries down, or what lies one call around the place asked for."""

    around: Neighbours | None = None
    """What the panel shows in place of the flow."""
    _asked = Place()

    def why_not(self, command: str) -> str:
        if command == "investigate.calls" and not self._centre().path:
            return "nothing with a file is selected"
        if command == "investigate.mermaid" and not self.desk.views.nodes:
            return "there is no map: no entry point was found"
        return super().why_not(command)

    def show_flow(self) -> None:
        """Show the calls around a place while they were asked for, else the flow to what is selected."""
        views, path = self.desk.views, self.desk.place.path
        if self.around is not None:
            self.its.flow.retitle("Calls")
            self.its.flow.show_text(calls(self.around), self.around)
        else:
            self.its.flow.retitle("Flow")
            self.its.flow.show_text(flow(views.nodes, views.edges, path), (views.nodes, views.edges, path))

    def do_investigate_calls(self) -> None:
        place = self._centre()
        if self.around is not None and place in (self._asked, Place(self.around.path, self.around.line)):
            self.around = None
            self.show_flow()
        else:
            self.work(self._widen(place))

    async def _widen(self, place: Place) -> None:
        self.around = await self.desk.session.neighbours(place.path, place.line)
        self._asked = place
        self.show_flow()
        self.its.flow.move_to(own_row(self.around))
        self.go_panel(self.its.flow, remember=self.focused is not self.its.flow)

    def do_investigate_mermaid(self) -> None:
        from workbench.analysis.mermaid import mermaid

        views = self.desk.views
        self.app.copy_to_clipboard(mermaid(views.nodes, views.edges))
        self.app.notify(f"copied as Mermaid: {len(views.nodes)} nodes, {len(views.edges)} calls")

    def here(self) -> Place:
        """The row under the cursor where it has a place, the line in the code, else the selection."""
        selected, at = super().here(), ("", 0)
        if isinstance(self.focused, TextPanel) and (row := self.focused.current) is not None:
            at = (row.path, row.at)
        elif self.focused is self.its.code:
            at = (self.its.code.path, self.its.code.line)
        if not at[0] or at == (selected.path, selected.line):
            return selected
        return Place(*at, text=f"{at[0]}:{at[1]}")

    def _centre(self) -> Place:
        """The place to widen from: in the log, that of the selection."""
        place = self.here()
        place = place if place.path else self.desk.place
        return Place(place.path, place.line)
