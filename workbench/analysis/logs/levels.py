"""Level words of every convention that is common, and the one scale they map to."""

from __future__ import annotations

from workbench.case.enums import Level

_WORDS = {
    Level.DEBUG: "trace verbose vrb debug dbug dbg fine finer finest notset d v t",
    Level.INFO: "info inf information informational notice note config log i n success audit",
    Level.WARNING: "warning warn wrn w",
    Level.ERROR: "error err eror severe failure fail e",
    Level.CRITICAL: "critical crit fatal ftl alert emerg emergency panic f c dpanic wtf",
}
LEVELS: dict[str, Level] = {word: level for level, words in _WORDS.items() for word in words.split()}
"""Lower-case word or letter to level."""

LOUD = (Level.WARNING, Level.ERROR, Level.CRITICAL)
"""Levels that somebody should read."""

LETTERS = frozenset(word.upper() for word in LEVELS if len(word) == 1)
"""Levels of one letter, as Android and Go write them."""

_SYSLOG = (
    Level.CRITICAL,
    Level.CRITICAL,
    Level.CRITICAL,
    Level.ERROR,
    Level.WARNING,
    Level.INFO,
    Level.INFO,
    Level.DEBUG,
)
_BUNYAN = ((60, Level.CRITICAL), (50, Level.ERROR), (40, Level.WARNING), (30, Level.INFO), (0, Level.DEBUG))

WORD_PATTERN = "|".join(sorted((word for word in LEVELS if len(word) > 2), key=len, reverse=True))
"""A pattern (to be used without case) for level words of three letters and more."""


def level_of(value: object) -> Level:
    """The level that a word, letter or number of a structured log means; numbers of 10 and more are Bunyan's."""
    if isinstance(value, str):
        text = value.strip("[]<>(){}:;|,-* ").lower()
        if not text.isdigit():
            return LEVELS.get(text, Level.UNKNOWN)
        value = int(text)
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 8:
            return syslog_level(value)
        return next(level for least, level in _BUNYAN if value >= least)
    return Level.UNKNOWN


def syslog_level(priority: int) -> Level:
    """The level of a syslog priority (RFC 5424, section 6.2.1): its severity is the last three bits."""
    return _SYSLOG[priority & 7]


def http_level(status: int) -> Level:
    """The level an HTTP answer stands for: 5xx an error, 4xx a warning."""
    return Level.ERROR if status >= 500 else Level.WARNING if status >= 400 else Level.INFO
