"""Unified diffs as values: parsed, formatted, cut down to what is accepted, applied, aligned. Pure."""

from workbench.analysis.diffs.align import Row, rows_of
from workbench.analysis.diffs.apply import ConflictError, apply_file
from workbench.analysis.diffs.compute import diff_texts
from workbench.analysis.diffs.format import format_diff, size
from workbench.analysis.diffs.lines import line_after
from workbench.analysis.diffs.model import (
    Diff,
    DiffError,
    FileDiff,
    FileStatus,
    Hunk,
    Line,
    decode_diff,
    encode_diff,
    reversed_diff,
)
from workbench.analysis.diffs.parse import parse_diff, parsed
from workbench.analysis.diffs.select import Decisions, Selection, carried, everything, subset
from workbench.analysis.diffs.words import changed_words

__all__ = [
    "ConflictError",
    "Decisions",
    "Diff",
    "DiffError",
    "FileDiff",
    "FileStatus",
    "Hunk",
    "Line",
    "Row",
    "Selection",
    "apply_file",
    "carried",
    "changed_words",
    "decode_diff",
    "diff_texts",
    "encode_diff",
    "everything",
    "format_diff",
    "line_after",
    "parse_diff",
    "parsed",
    "reversed_diff",
    "rows_of",
    "size",
    "subset",
]
