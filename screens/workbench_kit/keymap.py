"""The key table: every key of the program in one place. The same letter is the same idea everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual.binding import Binding, BindingType

from workbench_kit.commands import Command, Where

_EVERYWHERE = (
    ("app.help", "question_mark", "help", "every key and what it does; Enter runs the one chosen", 1),
    ("app.palette", "colon,ctrl+p", "commands", "find a command by name", 0),
    ("app.investigate", "1", "investigate", "pane 1: what is going wrong, and why", 0),
    ("app.fix", "2", "fix", "pane 2: the test, the change, the proof", 0),
    ("app.validate", "3", "validate", "pane 3: the gates, the verdict, the plan", 0),
    ("app.timeline", "T", "timeline", "everything that happened in this case, in order", 0),
    ("app.ran", "at", "commands run", "every command that was run for this case", 0),
    ("app.answer", "ctrl+g", "answer", "open the oldest waiting question", 2),
    ("app.tour", "H", "tour", "on the tour: write the test or the fix that it asks for", 0),
    ("app.redraw", "ctrl+l", "redraw", "draw the screen anew, after another program wrote over it", 0),
    ("app.back", "q", "back", "leave what is open; at the root it asks whether to quit", 0),
)
_PANE = (
    ("pane.panel_4", "4", "panel", "panel 4", 0),
    ("pane.panel_5", "5", "panel", "panel 5", 0),
    ("pane.panel_6", "6", "panel", "panel 6", 0),
    ("pane.panel_7", "7", "panel", "panel 7", 0),
    ("pane.panel_8", "8", "panel", "panel 8", 0),
    ("pane.panel_9", "9", "panel", "panel 9", 0),
    ("pane.next_panel", "tab", "next panel", "the next panel", 0),
    ("pane.previous_panel", "shift+tab", "previous panel", "the panel before", 0),
    ("pane.next_problem", "J", "problem", "the next problem, failed test, hunk or red gate", 4),
    ("pane.previous_problem", "K", "problem", "the problem, failed test, hunk or red gate before", 0),
    (
        "pane.back",
        "escape",
        "back",
        "back to where this was opened from, notices away; destroys nothing",
        0,
    ),
    ("pane.edit", "e", "edit", "open the file at the line in $EDITOR", 11),
    ("pane.comment", "c", "comment", "write a comment on what is selected", 0),
    ("pane.pin", "m", "pin", "pin what is selected as evidence", 7),
    ("pane.undo", "z", "undo", "take back our own last action", 0),
    ("pane.redo", "Z", "redo", "do it again", 0),
    ("pane.zoom", "plus", "zoom", "give the focused panel the whole screen, and back", 0),
)
_VIEW = (
    ("nav.down", "j,down", "down", "down", 0, "down"),
    ("nav.up", "k,up", "up", "up", 0, "up"),
    ("nav.first", "g,home", "first", "to the first line", 0, "first"),
    ("nav.last", "G,end", "last", "to the last line", 0, "last"),
    ("nav.half_down", "ctrl+d", "half a page down", "half a page down", 0, "half_down"),
    ("nav.half_up", "ctrl+u", "half a page up", "half a page up", 0, "half_up"),
    ("nav.page_down", "pagedown", "page down", "a page down", 0, "page_down"),
    ("nav.page_up", "pageup", "page up", "a page up", 0, "page_up"),
    ("nav.fold", "h", "fold", "fold, or go to the parent", 0, "fold"),
    ("nav.unfold", "l", "unfold", "unfold, or go to the first child", 0, "unfold"),
    ("nav.left", "left", "left", "scroll to the left", 0, "left"),
    ("nav.right", "right", "right", "scroll to the right", 0, "right"),
    ("view.open", "enter", "open", "open what the cursor is on", 3, "open"),
    ("view.range", "v", "select", "begin or end a range; in a diff, lines instead of the hunk", 7, "range"),
    ("view.copy", "y", "copy", "copy the line or the range", 12, "copy"),
    ("view.cancel", "escape", "cancel", "end the range or the search", 0, "cancel"),
    ("find.ask", "slash", "find", "find text, also tests and files by name", 13, "find"),
    ("find.next", "n", "next match", "the next match", 0, "find_next"),
    ("find.previous", "N", "previous match", "the match before", 0, "find_previous"),
    ("list.sort", "full_stop", "re-sort", "put the list in order again, with what is newer", 0, "sort"),
)
_JUDGE = (
    ("judge.yes", "space", "yes", "yes: relevant, supported, accept", 5, "judge('yes')"),
    ("judge.no", "x", "no", "no: noise, refuted, reject", 6, "judge('no')"),
    ("judge.undecided", "u", "undecided", "undecided again", 0, "judge('undecided')"),
)
_RUN = (
    ("run.this", "r", "run", "run this, or the selection", 5),
    ("run.stale", "R", "run stale", "run what is stale", 6),
    ("run.failed", "f", "failed", "run what failed", 8),
    ("run.all", "a", "all", "run all", 0),
    ("run.watch", "w", "watch", "watch on or off", 9),
    ("run.stop", "S", "stop", "stop what runs: in pane 1 chosen from a list, in pane 3 the gate under the cursor", 10),
)
_INVESTIGATE = (
    ("investigate.known", "i", "known", "known: link it to a case or ticket", 0),
    ("investigate.noise", "X", "noise, because", "noise, with the reason", 0),
    ("investigate.cause", "A", "add a cause", "add a cause of your own", 9),
    ("investigate.edit_cause", "E", "edit cause", "edit the cause: its statement and its class", 0),
    ("investigate.test", "t", "write test", "write the test that reproduces the problem", 8),
    ("investigate.calls", "C", "calls", "who calls what is selected, and what it calls; again, the flow", 0),
    ("investigate.log", "L", "log", "the log, at the first record of what is selected; again: the whole screen", 10),
    ("investigate.follow", "F", "follow", "follow the log as it grows, or no more", 0),
    ("investigate.zone", "U", "UTC or local", "times of the log in UTC, or of this machine", 0),
    ("investigate.mitigate", "M", "mitigate", "stop the bleeding before the fix: revert, flag, restart", 7),
)
_FIX = (
    ("fix.previous_file", "left_square_bracket", "file", "the changed file before", 0),
    ("fix.next_file", "right_square_bracket", "file", "the next changed file", 0),
    ("fix.edit_hunk", "E", "edit hunk", "edit the hunk", 7),
    ("fix.files", "D", "files", "the files of the diff with their counts; Enter goes to one", 0),
    ("fix.against", "b", "against", "the change against its base, HEAD or the index; then what is staged", 9),
    ("fix.wrap", "backslash", "wrap", "wrap long lines, or scroll sideways", 0),
    ("fix.split", "vertical_line", "split", "unified or side by side", 8),
    ("fix.less_context", "left_curly_bracket", "less context", "fewer lines around a hunk", 0),
    ("fix.more_context", "right_curly_bracket", "more context", "more lines around a hunk", 0),
    ("fix.whitespace", "W", "whitespace", "show changes of whitespace alone, or not", 0),
    ("fix.output", "o", "output", "the output of the test", 11),
)
_PALETTE = (
    ("app.ask", "ask another question", "ask another question: back to the start screen of this case"),
    ("app.theme", "theme", "the next theme: dark, light, high contrast, terminal"),
    ("fix.prove", "prove", "prove the change by the tests that it brings: red, green, red again"),
    ("fix.prove_by", "prove by a fix", "prove with the fix named: what else changed stays in"),
    ("fix.bisect", "bisect", "bisect: the commit with which the selected test began to fail, with its diff"),
    ("fix.stress", "stress", "stress: run the selected test 30 times on both sides: how often it fails"),
    ("fix.perturb", "perturb", "perturb: stress with threads and tasks delayed at the changed lines, to find races"),
    ("fix.propose", "ask the fixers", "ask the fixers to make the selected test pass, each in a worktree of its own"),
    ("fix.needed", "needed hunks", "find which hunks of the selected proposal the test needs, by trying"),
    ("fix.commit", "commit", "commit what is accepted or staged, on a branch; the project's hooks run and are shown"),
    ("fix.base", "change base", "show the change against another base: any revision"),
    ("validate.waive", "waive a gate", "waive the selected gate: answer for it in its place, with a reason"),
    ("validate.approve", "approve the tree", "approve the tree as it stands, by your name; an edit voids it"),
    ("validate.monitor", "watch the deploy", "watch the deploy by the plan's triggers, or say how it went"),
    ("validate.budget", "validate in a budget", "run the gates that matter most within so much time"),
    ("investigate.errors_merge", "merge errors", "merge errors: the selected one and another, or those of a range"),
    ("investigate.errors_split", "split an error", "split an error: one variant of the selected one stands for itself"),
    ("investigate.errors_regroup", "regroup an error", "regroup an error: leave the selected one as it was found"),
    ("investigate.agent", "ask an agent", "ask an agent what the cause may be; the places that it cites are looked at"),
    ("investigate.mermaid", "copy the map", "copy the map as a Mermaid flowchart"),
    (
        "case.playbook",
        "playbook",
        "ask the same with another playbook: bug, performance, security, review …",
    ),
    ("case.take_over", "take over", "take over an alert, ticket, error report or trace from a file"),
    ("case.taken", "what was taken over", "what was taken over from documents, each fact with where it stands"),
    ("case.point", "point at", "point at profiles, metrics or review comments"),
    ("case.note", "note", "write a note into the record"),
    ("case.trust", "trust this repository", "allow the commands that this repository defines to be run"),
    ("case.wheel", "the wheel", "ask for the wheel of a shared case, or hand it over to who asks"),
    ("case.people", "who is here", "who is at the case and where they look; follow one of them"),
    ("case.invite", "invite", "invite somebody to this case: a token for one joiner and one role, for 8 hours"),
    ("case.brief", "brief", "what somebody who joins late has to know"),
    ("case.report", "report", "report: timeline, postmortem, handover, plan …, to read and to write into a file"),
    ("case.phases", "phases", "phases: from the start of the impact to recovered, with times; set or correct one"),
    ("case.export", "export", "export the case into one file, secrets masked, for another machine"),
    ("app.jobs", "what runs", "what runs: how far it is and for how long; Enter stops it"),
    ("app.stop_jobs", "stop jobs", "stop everything that runs"),
    ("app.quit", "quit", "leave the program"),
)


def _rows(where: Where, rows: Iterable[tuple[str, str, str, str, int]]) -> list[Command]:
    return [Command(name, keys, label, text, where, footer) for name, keys, label, text, footer in rows]


def _views(where: Where, rows: Iterable[tuple[str, str, str, str, int, str]]) -> list[Command]:
    return [Command(name, keys, label, text, where, footer, view) for name, keys, label, text, footer, view in rows]


COMMANDS: tuple[Command, ...] = (
    *_rows(Where.EVERYWHERE, _EVERYWHERE),
    *_rows(Where.PANE, _PANE),
    *_views(Where.VIEW, _VIEW),
    *_views(Where.JUDGE, _JUDGE),
    *_rows(Where.RUN, _RUN),
    *_rows(Where.INVESTIGATE, _INVESTIGATE),
    *_rows(Where.FIX, _FIX),
    *(Command(name, "", label, text, Where.PALETTE) for name, label, text in _PALETTE),
)
"""Every command, in the order of the help."""

TOGETHER = {"pane.next_problem": "pane.previous_problem"}
"""Commands that share one entry of the footer with the one named: the entry shows both keys."""

IN_FOOTER = tuple(each for each in COMMANDS if each.footer or each.id in TOGETHER.values())
"""Those that the footer is made of."""

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}

SHARED = {("pane.back", "view.cancel")}
"""Pairs that share a key on purpose: the view takes it while it has something to cancel, and lets it pass otherwise."""


def bindings(*where: Where) -> list[BindingType]:
    """The bindings of the commands of these places that a pane or the app carries out."""
    return [command.binding() for command in COMMANDS if command.where in where and command.keys and not command.view]


def collisions(commands: Iterable[Command]) -> list[tuple[str, str, str]]:
    """(key, one id, other id) for every key that two of ``commands`` claim in the same pane."""
    taken: dict[tuple[str, Where], str] = {}
    found: set[tuple[str, str, str]] = set()
    panes = (Where.INVESTIGATE, Where.FIX, Where.VALIDATE)
    for command in commands:
        places = (command.where,) if command.where in panes else panes
        for key in filter(None, command.keys.split(",")):
            for place in places:
                other = taken.setdefault((key, place), command.id)
                if other != command.id and (other, command.id) not in SHARED:
                    found.add((key, other, command.id))
    return sorted(found)


def with_keys(keys: Mapping[str, str]) -> tuple[Command, ...]:
    """Every command with the keys of a user's keymap (id to keys) in place of ours.

    Raises ValueError for an id that there is not, and for keys that collide.
    """
    unknown = sorted(set(keys) - set(BY_ID))
    if unknown:
        raise ValueError(f"no such command: {', '.join(unknown)}")
    made = tuple(replace(command, keys=_long(keys.get(command.id, command.keys))) for command in COMMANDS)
    if clashes := collisions(made):
        raise ValueError("; ".join(f"{key} is both {one} and {other}" for key, one, other in clashes))
    return made


def _long(keys: str) -> str:
    """``keys`` with single characters in the names that Textual has for them."""
    return ",".join(_named(key.strip()) for key in keys.split(","))


def _named(key: str) -> str:
    made = Binding(key, "x")
    return next(iter(Binding.make_bindings([made]))).key if key else ""
