"""Every weight of the ranking, by the name of its signal: the one place to read or change them.

A signal is divided by its highest value in the report before it is weighed, so that a weight is what the best file (or
symbol) of that signal gets. Set by hand in round figures; docs/localization.md has the effect of each as measured.
"""

from __future__ import annotations

FILE = {
    "title": 1.0,
    "text": 1.0,
    "file text": 0.5,
    "name": 0.6,
    "defined": 0.5,
    "path": 0.6,
    "mention": 1.5,
    "frame": 3.0,
    "import": 0.4,
    "history": 0.4,
    "link": 0.2,
    "test": 3.0,
}
"""What a signal adds to a file at most."""

SYMBOL = {
    "title": 1.0,
    "text": 1.0,
    "name": 0.6,
    "defined": 0.8,
    "mention": 1.5,
    "frame": 3.0,
    "link": 0.2,
    "test": 3.0,
    "file": 2.0,
}
"""What a signal adds to a symbol at most; ``file`` is the score of the file it stands in."""

INIT = -0.2
"""Added to a package's ``__init__``."""

SIDE = -0.6
"""Added to documentation, examples and build scripts."""

PLAIN = -0.3
"""Added to templates and configuration, which hold words of every kind."""
