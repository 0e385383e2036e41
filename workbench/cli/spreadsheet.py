"""Tables as CSV: secrets taken out, and nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from workbench.analysis.redact import redact
from workbench.cli.output import plain


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], emails: bool = False) -> str:
    """``header`` and ``rows`` as CSV; None is an empty cell. ``emails``: e-mail addresses are masked too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value, emails) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object, emails: bool) -> str:
    """A cell as text; what a spreadsheet would take for a formula is quoted."""
    text = "" if value is None else plain(redact(str(value), emails)[0])
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
