"""Questions that wait for an answer: what an agent wants to do is allowed or not, by keys that mean nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench_app.reporting import Reporting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.engine.questions import Waiting

KEYS = {"once": ("o", "once"), "always": ("s", "always"), "deny": ("d", "deny"), "stop": ("n", "no and stop")}
"""What the usual answers are called, and their keys."""


class Answering(Reporting):
    """The method behind ``ctrl+g``."""

    def do_app_answer(self) -> None:
        from workbench_kit.dialogs import Ask

        assert self.desk is not None
        questions = self.desk.session.services.questions
        if not questions.waiting:
            return
        one: Waiting = questions.waiting[0]
        title, _, text = one.question.partition("\n")
        answers = keyed_answers(one.choices)
        by_word = {word: choice for _, word, choice in answers}

        def answered(word: str | None) -> None:
            if word is not None:
                questions.answer(one, by_word[word])

        self.push_screen(Ask(title, text, [(key, word) for key, word, _ in answers]), answered)


def keyed_answers(choices: Sequence[str]) -> list[tuple[str, str, str]]:
    """(key, word, choice) of each answer; one that has no key of its own gets a number."""
    numbered = ((KEYS.get(choice) or (str(at), choice), choice) for at, choice in enumerate(choices, 1))
    return [(key, word, choice) for (key, word), choice in numbered]
