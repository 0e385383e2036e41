"""What of a log cannot be read as it is."""

from __future__ import annotations

from workbench.analysis.logs.scan.sample import LINE_LIMIT


def has_long_line(data: bytes) -> bool:
    """Whether a stretch of half the limit has no line break: only then can a line be too long."""
    half = LINE_LIMIT // 2
    return any(data.find(b"\n", at, at + half) < 0 for at in range(0, max(len(data) - half, 1), half))


def decodes(data: bytes) -> bool:
    """Whether ``data`` is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
