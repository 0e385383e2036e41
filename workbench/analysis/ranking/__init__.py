"""Ranking: where in the code a report points, and why."""

from workbench.analysis.ranking.model import Ranking
from workbench.analysis.ranking.rank import candidates, rank, rank_chunk
from workbench.analysis.ranking.thin import is_weak

__all__ = ["Ranking", "candidates", "is_weak", "rank", "rank_chunk"]
