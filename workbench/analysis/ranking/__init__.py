"""Ranking: where in the code a report points, and why."""

from workbench.analysis.ranking.model import Ranking

__all__ = ["Ranking"]
