"""``workbench plugins``: what is loaded, from where, what is missing."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.cli import scaffold
from workbench.cli.common import GOOD, verb_parser
from workbench.cli.output import print_json, say
from workbench.engine.config.read import load
from workbench.engine.described.registry import plugins_of
from workbench.engine.options import from_arguments
from workbench.engine.plugins import Package, missing


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    if argv[:1] == ["new"]:
        return scaffold.run(argv[1:], common)
    parser = verb_parser("plugins", "Show the plugins: where they come from, what they need, how they loaded.", common)
    parser.add_argument("--repo", default=".", metavar="R", help="the repository that their needs are checked against")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    arguments = parser.parse_args(argv)
    root = Path(arguments.repo).resolve()
    options = from_arguments(arguments)
    packages = plugins_of(root, load(root, options.config), options.safe).packages()
    rows = [row for package in packages for row in rows_of(package, root)]
    if arguments.format == "json":
        print_json({"schema": 1, "plugins": rows})
        return GOOD
    print_rows(rows)
    return GOOD


def print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """A line a plugin, and one more for what it lacks or how it failed."""
    for row in rows:
        say(f"{row['status']:13}  {row['kind']:10}  {row['name']:16}  {row['title']}")
        if row["missing"] or row["error"]:
            say(f"{'':27}{', '.join(row['missing']) or row['error'].strip().splitlines()[-1]}")


def rows_of(package: Package, root: Path) -> list[dict[str, Any]]:
    """What a package announced, as the document has it; one row for a package that failed."""
    origin = f"{package.distribution} {package.version}".strip()
    if package.error:
        kind = package.registered[0].kind.value if package.registered else ""
        return [_row(package.name, kind, package.name, package.version, origin, "failed", (), (), package)]
    rows = []
    for plugin in package.registered:
        absent = missing(plugin.needs, root)
        status = "not_available" if absent else "loaded"
        rows.append(
            _row(
                plugin.name,
                plugin.kind.value,
                plugin.title,
                plugin.version,
                origin,
                status,
                plugin.needs,
                absent,
                package,
            )
        )
    return rows


def _row(
    name: str,
    kind: str,
    title: str,
    version: str,
    origin: str,
    status: str,
    needs: tuple[str, ...],
    absent: tuple[str, ...],
    package: Package,
) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "title": title,
        "version": version,
        "from": origin,
        "status": status,
        "needs": list(needs),
        "missing": list(absent),
        "seconds": round(package.seconds, 4),
        "error": package.error,
    }
