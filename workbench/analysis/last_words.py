"""What of a program's standard error says why it ended."""

from __future__ import annotations

import re

FOUND_NONE = (0, 5)
"""Exit codes of unittest and pytest where there are no tests: what was said besides is something else."""

PLACE = re.compile(r'^(?:E\s+)?\s*(?:File ")?([^\s":]+\.py)(?:", line |:)(\d+)', re.MULTILINE)
"""A line of a traceback that names a place, as pytest or Python writes it, pytest's quotation of Python's too."""

_ERROR = re.compile(r"^(?:\S+: )?(?:error|ERROR): (?!usage: )(.+)$", re.MULTILINE)
_LIBRARY = re.compile(r"(?:^|/)(?:site-packages|lib/python[\d.]+)/")
_MOST = 500
"""Characters that are kept."""


def last_words(stderr: str) -> str:
    """The last line that is called an error, or else the last one; details that are indented under it are left out."""
    named = _ERROR.findall(stderr)
    lines = [line for line in stderr.splitlines() if line.strip() and not line[0].isspace()] or [stderr.strip()]
    return str(named[-1] if named else lines[-1])[-_MOST:].removeprefix("E ").strip()


def place_of(stderr: str) -> str:
    """The last ``PATH:LINE`` of a traceback that is no library's, as it was written; "" for none."""
    places = [(path, line) for path, line in PLACE.findall(stderr) if not _LIBRARY.search(path)]
    return ":".join(places[-1]) if places else ""
