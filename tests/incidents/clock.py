"""Runs in the incident's own process: logging whose time is the story's, so that hours of traffic take a second."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

START = datetime(2026, 5, 12, 13, 0, tzinfo=UTC).timestamp()


class Story(logging.Formatter):
    """Records at the story's time; ``wait`` moves it on."""

    converter = time.gmtime

    def __init__(self) -> None:
        super().__init__("%(asctime)s,%(msecs)03d %(levelname)s %(name)s %(message)s", "%Y-%m-%d %H:%M:%S")
        self.now = START

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def format(self, record: logging.LogRecord) -> str:
        """The record as if it were now."""
        record.created = self.now
        record.msecs = self.now % 1 * 1000
        return super().format(record)


def story(path: str) -> Story:
    """Log to ``path``, by the story's clock."""
    clock = Story()
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(clock)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    return clock
