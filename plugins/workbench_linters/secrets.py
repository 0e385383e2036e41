"""Secrets in files: what issuers of keys made recognizable, by rules of ours; more by detect-secrets, where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.api import Command, Finding, Output, Severity
from workbench_linters.tools import TIMEOUT, ToolError, marked

LARGEST = 2_000_000
"""Bytes of a file beyond which it is not looked into."""

_ISSUED = {
    "aws-key": r"(?<![A-Z0-9])A(?:KI|SI)A[A-Z0-9]{16}(?![A-Z0-9])",
    "github-token": r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    "gitlab-token": r"(?<![A-Za-z0-9])glpat-[\w-]{20,}",
    "google-key": r"(?<![\w-])(?:AIza[\w-]{35}|GOCSPX-[\w-]{20,})",
    "slack-token": r"(?<![A-Za-z0-9])xox[abeoprs]-[\w-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w{20,}",
    "stripe-key": r"(?<![A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{20,}",
    "package-token": r"(?<![\w-])(?:npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{50,})",
    "private-key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
}
_COMPILED = {rule: re.compile(pattern.encode()) for rule, pattern in _ISSUED.items()}
_GUESSED = ("Keyword", "Entropy")
"""In the names of detect-secrets' rules that guess: for a person to look at, no failure."""


def issued_secrets(root: str, paths: Sequence[str]) -> list[Finding]:
    """For a worker: the secrets in ``paths`` below ``root``; what is no text is looked into as well."""
    found = []
    for path in paths:
        file = Path(root) / path
        try:
            data = file.read_bytes() if file.stat().st_size <= LARGEST else b""
        except OSError:
            continue
        for number, line in enumerate(data.split(b"\n"), 1):
            found += [_finding(path, number, rule) for rule, shape in _COMPILED.items() if shape.search(line)]
    return marked(found, root, "secrets")


def _finding(path: str, line: int, rule: str) -> Finding:
    said = f"a secret in clear: {rule.replace('-', ' ')}; what was in a repository once has to be replaced"
    return Finding("", path, line, line, rule, said, Severity.ERROR, "secrets", "")


def detect_secrets(root: str, paths: Sequence[str]) -> Command:
    """detect-secrets over these files."""
    argv = ("detect-secrets", "scan", "--all-files", "--", *(path for path in paths if (Path(root) / path).is_file()))
    return Command(argv, read_detected, root, timeout=TIMEOUT)


def read_detected(output: Output) -> list[Any]:
    """Its findings. Raises ToolError."""
    try:
        results = json.loads(output.stdout)["results"]
    except (ValueError, KeyError, TypeError) as error:
        raise ToolError(f"detect-secrets ended with {output.exit_code} and said nothing that can be read") from error
    found = []
    for path, hits in results.items():
        for hit in hits:
            kind, line = str(hit["type"]), int(hit["line_number"])
            severity = Severity.INFO if any(word in kind for word in _GUESSED) else Severity.WARNING
            message = f"perhaps a secret: {kind}"
            found.append(Finding("", path, line, line, kind.replace(" ", "-"), message, severity, "detect-secrets", ""))
    return found
