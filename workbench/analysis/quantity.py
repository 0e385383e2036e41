"""A number of things in words. Pure."""

from __future__ import annotations


def quantity(count: int, noun: str) -> str:
    """``1 record``, ``3,508 records``; for nouns whose plural takes an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
