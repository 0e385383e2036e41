"""Options that say what a case is about: a playbook, the page it came by, profiles, metrics, review comments."""

from __future__ import annotations

import argparse
from collections.abc import Mapping


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """Add ``--playbook``, ``--from``, ``--profile``, ``--metrics`` and ``--review``."""
    group = parser.add_argument_group("what it is about")
    group.add_argument(
        "--playbook",
        default="",
        metavar="P",
        help="bug, performance, security, integration, review, feature, or one of your own (default: bug)",
    )
    group.add_argument(
        "--from",
        dest="documents",
        action="append",
        default=[],
        metavar="FILE",
        help="an alert, ticket, error report or trace to take over; - reads standard input; may be repeated",
    )
    group.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="[GOOD,]BAD",
        help="a profile, or a good and a bad one to compare: py-spy, cProfile, pyinstrument, memray, tracemalloc",
    )
    group.add_argument(
        "--metrics",
        action="append",
        default=[],
        metavar="SOURCE",
        help="http://HOST:9090?query=EXPR (or env:NAME?query=EXPR) of Prometheus, a saved query_range JSON, a CSV",
    )
    group.add_argument(
        "--review", action="append", default=[], metavar="FILE", help="review comments as GitHub's JSON has them"
    )


def inputs_of(given: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """What the options point at, by kind; kinds that nothing was given for are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in ("profile", "metrics", "review"):
        values = given.get(kind)
        if isinstance(values, list) and values:
            found[kind] = tuple(str(value) for value in values)
    return found


def password_in(given: Mapping[str, object]) -> str:
    """Why the addresses of metrics are not taken, or the empty string: a password must not stand in an argv."""
    from urllib.parse import urlsplit

    values = given.get("metrics")
    for value in values if isinstance(values, list) else ():
        try:
            if urlsplit(str(value)).password:
                return (
                    "--metrics has a password in it, which everyone on this machine can read in the list of processes"
                )
        except ValueError as error:
            return f"--metrics {value}: {error}"
    return ""
