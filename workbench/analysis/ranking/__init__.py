"""Ranking: where in the code a report points, and why."""

from workbench.analysis.ranking.model import Ranking
from workbench.analysis.ranking.rank import is_candidate, rank, rank_chunk

__all__ = ["Ranking", "is_candidate", "rank", "rank_chunk"]
