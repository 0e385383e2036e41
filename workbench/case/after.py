"""Steps of the fold for what comes after the fix: the plan, the watch after a deploy, words on the timeline. Pure."""

from __future__ import annotations

from dataclasses import replace

from workbench.case.codec import decode
from workbench.case.events import Event
from workbench.case.plan import Monitored, Plan
from workbench.case.state import CaseState, PlanEdit


def plan_made(state: CaseState, event: Event) -> CaseState:
    """The plan of the change, in the place of the one before."""
    return replace(state, plan=decode(Plan, event.data["plan"]))


def plan_edited(state: CaseState, event: Event) -> CaseState:
    """What a person changed of the plan; the last word on each part of an item stands."""
    data = event.data
    edit = PlanEdit(str(data["item"]), str(data["part"]), str(data["value"]), event.actor, event.at)
    kept = tuple(each for each in state.plan_edits if (each.item, each.part) != (edit.item, edit.part))
    return replace(state, plan_edits=(*kept, edit))


def monitored(state: CaseState, event: Event) -> CaseState:
    """How a watch after the deploy ended."""
    return replace(state, monitors=(*state.monitors, decode(Monitored, event.data["monitor"])))


def starred(state: CaseState, event: Event) -> CaseState:
    """An entry of the timeline is starred, or no more."""
    entry = str(event.data["entry"])
    others = tuple(each for each in state.stars if each != entry)
    return replace(state, stars=(*others, entry) if event.data.get("starred", True) else others)


def corrected(state: CaseState, event: Event) -> CaseState:
    """A later entry corrects an earlier one, which stays as it was."""
    return replace(state, corrections={**state.corrections, str(event.data["entry"]): str(event.data["text"])})
