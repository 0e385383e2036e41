"""The others at the case: who they are and where they look, following one of them, the wheel, inviting."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from workbench_kit.faults import fault

from workbench_app.case_actions import CaseActions

if TYPE_CHECKING:
    from workbench.engine.session import Session

ROLES = (
    ("viewer", "viewer: reads"),
    ("commenter", "commenter: also notes, pins, judges, adds causes"),
    ("driver", "driver: may also have the wheel, with a checkout"),
)


class Company(CaseActions):
    """The methods behind the commands of a shared case. ``_drove``, ``_drove_by`` (their name) and ``_asked``
    are what was told last."""

    _drove = ""
    _drove_by = ""
    _asked: frozenset[str] = frozenset()
    _shown_for = ""

    def company_changed(self) -> None:
        """Say what changed of the wheel, and go where the one looks whom we follow."""
        desk = self.desk
        if desk is None:
            return
        wheel = desk.session.services.wheel
        company, name = wheel.company, wheel.company.driver.name if wheel.company.driver else "nobody"
        if company.wheel != self._drove and self._drove:
            ours = self._drove_by == desk.session.services.options.actor
            stays = ours or any(each.id == self._drove for each in company.people)
            gone = "" if stays else f"{self._drove_by} is gone: "
            self.notify(f"{gone}{'you have' if company.wheel == wheel.id else f'{wheel.driving} has'} the wheel now")
        self._drove, self._drove_by = company.wheel, name
        for each in wheel.asking:
            if each.id not in self._asked:
                self.notify(f"{each.name} asks for the wheel: `:` and wheel hands it over", timeout=20)
        self._asked = frozenset(each.id for each in wheel.asking)
        self._follow_on()

    async def host(self, session: Session) -> None:
        """Let others join, and give who joined late the brief."""
        if problem := await session.hosting.listen():
            from workbench.engine.notices import Notice

            kept, todo = "the case is open here all the same", "who shares this account or ssh can join"
            session.notices.append(Notice(problem, kept, todo))
        others, visit = len(session.services.wheel.company.people) > 1, session.services.options.visit
        if visit is not None and visit.masked:
            self.notify(f"e-mail addresses are masked for who joins, in {visit.masked:,} places")
        if session.state.question and (others or visit is not None):
            await self.show_brief(session)

    def _follow_on(self) -> None:
        assert self.desk is not None
        if not self.desk.following:
            return
        people = self.desk.session.services.wheel.company.people
        followed = next((each for each in people if each.id == self.desk.following), None)
        if followed is None:
            self.desk.following = ""
            self.notify("whom you followed is gone")
        elif followed.looking != self._shown_for:
            self._shown_for = followed.looking
            self._go_where(followed.looking)

    def _go_where(self, looking: str) -> None:
        """Go to ``PANE PATH:LINE``, as far as there is such a place."""
        from workbench_kit.desk import Place
        from workbench_kit.pane import Pane

        pane, _, place = looking.partition(" ")
        if pane in ("investigate", "fix", "validate") and isinstance(self.screen, Pane):
            if self.current_mode != pane:
                self.switch_mode(pane)
            path, _, line = place.rpartition(":")
            if pane == "investigate" and path and line.isdigit():
                self.call_after_refresh(self._open, Place(path, int(line), "", path))

    def _open(self, place: object) -> None:
        opening = getattr(self.screen, "open_place", None)
        if opening is not None:
            opening(place)

    def do_case_people(self) -> None:
        from workbench_kit.chooser import Choice, Chooser

        assert self.desk is not None
        desk, wheel = self.desk, self.desk.session.services.wheel
        choices = []
        for each in wheel.company.people:
            what = "you" if each.id == wheel.id else each.role
            drives = ", drives" if each.id == wheel.company.wheel else ", asks for the wheel" if each.wants else ""
            mark = "▸" if each.id == desk.following else ""
            choices.append(Choice(each.id, f"{each.name}: {what}{drives}", mark, each.looking))

        def chosen(ident: str | None) -> None:
            if not ident or ident == wheel.id:
                return
            desk.following = "" if desk.following == ident else ident
            self._shown_for = ""
            self.company_changed()
            self.case_changed()

        visit = desk.session.services.options.visit
        masked = f" ({visit.masked:,} places masked for you)" if visit is not None and visit.masked else ""
        self.push_screen(
            Chooser(f"Here: follow{masked}", choices, "⏎ follow, or no more   ↑↓ move   esc close"), chosen
        )

    def case_changed(self) -> None:
        """Show the case as it stands."""
        raise NotImplementedError

    def do_case_wheel(self) -> None:
        assert self.desk is not None
        wheel = self.desk.session.services.wheel
        if wheel.company.wheel != wheel.id:
            self.work(wheel.ask())
            self.notify("asked for the wheel: it is yours when it is handed over, or free")
        elif wheel.asking:
            self.work(wheel.hand_over(wheel.asking[0].id))
        else:
            self.notify("you have the wheel, and nobody asks for it")

    def do_case_brief(self) -> None:
        assert self.desk is not None
        self.work(self.show_brief(self.desk.session))

    async def show_brief(self, session: Session) -> None:
        """What a late joiner has to know."""
        from workbench_kit.briefing import report_rows

        events = await session.services.journal.events()
        build = report_rows("brief", session.state, session.views, events)
        self.read("Brief", build, "nothing is recorded yet", newest=False)

    def do_case_invite(self) -> None:
        from workbench_kit.chooser import Choice, Chooser

        choices = [Choice(role, text) for role, text in ROLES]

        def chosen(role: str | None) -> None:
            if role:
                self.work(self._invite(role))

        self.push_screen(Chooser("Invite as", choices, "⏎ invite   ↑↓ move   esc close"), chosen)

    async def _invite(self, role: str) -> None:
        from workbench_kit.briefing import invitation_rows

        from workbench.case.enums import Role
        from workbench.engine.together.invitations import InvitationError

        assert self.desk is not None
        session = self.desk.session
        try:
            token = await session.hosting.invite(Role(role))
        except InvitationError as error:
            fault(self, str(error), "nobody was invited", "invite where the case is: workbench invite CASE")
            return
        self.read("Invitation", invitation_rows(token, role, socket.gethostname(), session.state.id), "", newest=False)
