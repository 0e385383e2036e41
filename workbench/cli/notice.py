"""A notice at the end of a verb that took long, where the settings ask for one."""

from __future__ import annotations

import sys

from workbench.cli.output import plain
from workbench.engine.config.read import load


def notice(verb: str, code: int) -> None:
    """Ring the terminal's bell, or send OSC 9 with how ``verb`` ended, by ``notify`` of the user's own settings."""
    how = load(None).get("notify", "off")
    if how == "bell":
        sys.stderr.write("\a")
    elif how == "osc9":
        ended = _ENDS.get(code, f"ended with {code}")
        sys.stderr.write(f"\x1b]9;workbench {plain(verb)}: {ended}\x07")
    sys.stderr.flush()


_ENDS = {0: "good", 1: "not as it should be", 3: "could not tell"}
