"""How sure a cause is: a function of its evidence, never told."""

from __future__ import annotations

from workbench.api import Evidence


def confidence(supporting: tuple[Evidence, ...], against: tuple[Evidence, ...]) -> float:
    """0..1 by Laplace's rule of succession: (for + 1) / (for + against + 2), each verified item counting once.

    Nothing known gives 0.5 (P.-S. Laplace, Essai philosophique sur les probabilités, 1814).
    """
    return round((len(supporting) + 1) / (len(supporting) + len(against) + 2), 3)
