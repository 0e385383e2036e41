"""The ranking of one question on one view, and its form for worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workbench.analysis.index.view import View, viewing
from workbench.analysis.languages import is_indexed, test_paths
from workbench.analysis.ranking.boosted import place_boosts
from workbench.analysis.ranking.combine import Sheet, file_scores, file_spots, symbol_scores, symbol_spots
from workbench.analysis.ranking.frames import frame_marks
from workbench.analysis.ranking.history import Commit, history_marks
from workbench.analysis.ranking.links import link_marks
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.mentioned import mention_marks
from workbench.analysis.ranking.model import Ranking
from workbench.analysis.ranking.names import defined_marks, path_marks
from workbench.analysis.ranking.query import Query, make_query
from workbench.analysis.ranking.recent import recent_marks
from workbench.analysis.ranking.tests import test_marks
from workbench.analysis.ranking.text import text_marks, title_marks, whole_text_marks
from workbench.analysis.ranking.thin import thinness
from workbench.analysis.ranking.used import use_marks
from workbench.case.code import UNASKED, Boost


def rank_chunk(
    index_path: str,
    listing: str,
    question: str,
    boosts: Sequence[Boost] = (),
    commits: Sequence[Commit] = (),
    since: datetime | None = None,
) -> list[Ranking]:
    """For a worker: the one ranking of ``question`` on the tree that was stored under ``listing``; see :func:`rank`.

    Raises DamagedIndexError, KeyError for a listing that is not in the index.
    """
    with viewing(index_path, listing, candidates) as view:
        return [rank(question, view, boosts, commits, since)]


def candidates(paths: Sequence[str]) -> frozenset[str]:
    """The files that a bug may be in: indexed and no tests."""
    return frozenset(path for path in paths if is_indexed(path)) - test_paths(paths)


def rank(
    question: str,
    view: View,
    boosts: Sequence[Boost] = (),
    commits: Sequence[Commit] = (),
    since: datetime | None = None,
) -> Ranking:
    """Files and symbols of ``view`` for ``question``; boosts of analyzers and commits join the same sum.

    ``since`` is when it began, where that is known: commits from then on count.
    """
    asked = "" if question.strip() == UNASKED else question
    query = make_query(view, asked)
    sheet = Sheet(
        query,
        [*question_marks(query, commits), recent_marks(query, asked, commits, since)],
        place_boosts(query, boosts),
    )
    files = file_scores(sheet)
    sheet = sheet.with_marks(link_marks(query, files, symbol_scores(sheet, files)))
    files = file_scores(sheet)
    symbols = symbol_scores(sheet, files)
    thin, hint = thinness(asked, query.mentions, boosts)
    return Ranking(file_spots(sheet, files), symbol_spots(sheet, symbols, files), thin, hint)


def question_marks(query: Query, commits: Sequence[Commit]) -> list[Marks]:
    """Every signal that rests on the question, links aside, which rest on the others."""
    return [
        title_marks(query),
        text_marks(query),
        whole_text_marks(query),
        defined_marks(query),
        path_marks(query),
        mention_marks(query),
        use_marks(query),
        frame_marks(query),
        test_marks(query),
        history_marks(query, commits),
    ]
