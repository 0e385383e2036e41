"""The log formats that plugins know and that people describe, for whatever reads logs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.case.enums import PluginKind
from workbench.case.logs import Feed, LogFormat

if TYPE_CHECKING:
    from workbench.engine.plugins import Plugins

_FOLDER = "log_formats"
_GROUP = b"[workbench.plugins]"
_OWN = "bug_workbench-"


@dataclass(frozen=True)
class Formats:
    """The formats that are ``known``, and ``problems``: what is wrong with others, a sentence each."""

    known: tuple[LogFormat, ...] = ()
    problems: tuple[str, ...] = ()

    def on(self, feed: Feed) -> Feed:
        """``feed``, its files read with them; what is wrong with others is among its notes."""
        files = tuple(replace(file, formats=self.known) for file in feed.files)
        return replace(feed, files=files, notes=(*feed.notes, *self.problems))


def formats_of(plugins: Plugins) -> Formats:
    """Those of the plugins, by name."""
    known: list[LogFormat] = []
    problems: list[str] = []
    for plugin in plugins.of(PluginKind.LOG_FORMAT):
        try:
            made = plugin.make()
        except Exception as failure:  # noqa: BLE001 - the plugin seam: one that fails is told, the logs are read without
            problems.append(f"log format {plugin.name} is not used: {failure}")
            continue
        if isinstance(made, LogFormat):
            known.append(made)
        else:
            problems.append(f"log format {plugin.name} is not used: it gave {type(made).__name__}, not a LogFormat")
    return Formats(tuple(known), tuple(problems))


def formats_here(arguments: argparse.Namespace) -> Formats:
    """Those for a verb without a case. Plugins are loaded only where somebody's may have one: that takes longer than
    reading a small log."""
    if not (_is_described(arguments) or _is_installed()):
        return Formats()
    from workbench.engine.described.registry import plugins_here
    from workbench.engine.options import from_arguments

    return formats_of(plugins_here(from_arguments(arguments)))


def _is_installed() -> bool:
    """Whether a package with plugins is there that is not ours."""
    found = (path for entry in sys.path if entry for path in Path(entry).glob("*.dist-info/entry_points.txt"))
    return any(_GROUP in path.read_bytes() for path in found if not path.parent.name.startswith(_OWN))


def _is_described(arguments: argparse.Namespace) -> bool:
    """Whether settings or a manifest speak of formats."""
    from workbench.engine.config.read import OWN, SHARED, user_file
    from workbench.engine.trust import MANIFESTS

    here, config = Path.cwd(), getattr(arguments, "config", None)
    if (here / MANIFESTS / _FOLDER).is_dir() or (user_file().parent / _FOLDER).is_dir():
        return True
    settings = [here / OWN, here / SHARED, user_file(), *([Path(config)] if config else [])]
    return any(_FOLDER.encode() in path.read_bytes() for path in settings if path.is_file())
