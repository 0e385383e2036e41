"""Options that point at what lies around a repository: its change events and its database."""

from __future__ import annotations

import argparse


def add_surroundings(parser: argparse.ArgumentParser) -> None:
    """Add ``--changes`` and ``--db``."""
    parser.add_argument(
        "--changes",
        action="append",
        default=[],
        metavar="FILE",
        help="change events as JSON: GitHub deployments, kubectl replica sets or rollout history; may be repeated",
    )
    parser.add_argument(
        "--db",
        default="",
        metavar="URL",
        help="a database to look at, read-only: sqlite:PATH, postgresql://..., or env:NAME for one with a password",
    )


def refused(arguments: argparse.Namespace) -> str:
    """Why the database's address is not taken, or the empty string: a password must not stand in an argv."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(arguments.db)
    except ValueError as error:
        return f"--db: {error}"
    if parts.password or "password=" in parts.query:
        return "--db has a password in it, which everyone on this machine can read in the list of processes"
    if arguments.db and parts.scheme not in ("env", "sqlite", "postgresql", "postgres"):
        return f"--db {arguments.db} is neither sqlite:PATH, postgresql://HOST/NAME nor env:NAME"
    return ""
