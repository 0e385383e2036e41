"""Every weight of the ranking, by the name of its signal: the one place to read or change them.

A signal is divided by its highest value in the report before it is weighed, so that a weight is what the best file (or
symbol) of that signal gets. Set by hand in round figures; docs/localization.md has the effect of each as measured.
"""

from __future__ import annotations

from collections.abc import Mapping

FILE: Mapping[str, float] = {
    "title": 1.0,
    "text": 1.0,
    "whole_text": 0.5,
    "defined": 0.3,
    "path": 0.6,
    "mention": 1.0,
    "use": 0.6,
    "frame": 3.0,
    "test": 1.5,
    "history": 0.6,
    "recent": 0.6,
    "link": 0.1,
}
"""What a signal of the question adds to a file at most."""

SYMBOL: Mapping[str, float] = {
    "title": 1.0,
    "text": 1.0,
    "defined": 0.8,
    "mention": 1.5,
    "use": 0.8,
    "frame": 3.0,
    "test": 1.5,
    "link": 0.1,
    "file": 2.0,
}
"""What a signal of the question adds to a symbol at most; ``file`` stands for the score of its file."""

BOOST: Mapping[str, float] = {"log_error": 3.0, "test": 3.0, "rerank": 2.0, "spectrum": 3.0}
"""Factor on the signals of analyzers, which are 0..1 by custom; 1 for a name that is not here."""

INIT = -0.2
"""Added to a package's ``__init__``."""

SIDE = -0.6
"""Added to documentation, examples and build scripts."""

PLAIN = -0.3
"""Added to templates and configuration, which hold words of every kind."""
