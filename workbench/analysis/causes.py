"""What is made of causes: how sure one is by its evidence, whether the code is one, what people said of a computed one.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workbench.case.enums import CauseClass
from workbench.case.work import Evidence, Hypothesis


def confidence(supporting: Sequence[Evidence], against: Sequence[Evidence]) -> float:
    """0..1 by Laplace's rule of succession: (for + 1) / (for + against + 2), each verified item counting once.

    Nothing known gives 0.5 (P.-S. Laplace, Essai philosophique sur les probabilités, 1814).
    """
    return round((len(supporting) + 1) / (len(supporting) + len(against) + 2), 3)


def in_the_code(causes: Iterable[Hypothesis]) -> bool:
    """Whether the code is a cause by more than that errors end there: a rule it breaks, or a commit that touched it."""
    return any(
        cause.cause_class is CauseClass.CODE and len(cause.supporting) - len(cause.against) >= 2 for cause in causes
    )


def competing(computed: Iterable[Hypothesis], said: Mapping[str, Hypothesis]) -> tuple[Hypothesis, ...]:
    """All causes, the surest first and refuted ones last; those that are as sure in the order in which they came.

    ``said`` are those that people added, edited or judged, by id. One of them that is computed too has the evidence of
    both; its confidence follows from all of it.
    """
    made = {cause.id: cause for cause in computed}
    made.update({ident: _with_evidence(cause, made.get(ident)) for ident, cause in said.items()})
    return tuple(sorted(made.values(), key=lambda each: (each.status == "refuted", *surest(each))))


def surest(cause: Hypothesis) -> tuple[float, int]:
    """What sorts causes: the surest first, of those the one with more evidence for it."""
    return -cause.confidence, -len(cause.supporting)


def _with_evidence(cause: Hypothesis, computed: Hypothesis | None) -> Hypothesis:
    supporting, against = cause.supporting, cause.against
    if computed is not None:
        supporting = tuple(dict.fromkeys((*computed.supporting, *supporting)))
        against = tuple(dict.fromkeys((*computed.against, *against)))
    return replace(cause, supporting=supporting, against=against, confidence=confidence(supporting, against))
