"""Putting plugins into the environment that this program runs in, and saying why where that is not to be done."""

from __future__ import annotations

import importlib
import importlib.util
import os
import site
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.engine.plugins import Package, Plugins
from workbench.engine.process.tools import find_tool

DISTRIBUTION = "bug-workbench"


@dataclass(frozen=True, slots=True)
class Way:
    """How something is installed here: ``argv`` to run, or ``why_not`` it cannot be, and ``todo``, what to do then."""

    argv: tuple[str, ...] = ()
    why_not: str = ""
    todo: str = ""


def way_to_install(what: Sequence[str], editable: bool = False, upgrade: bool = False) -> Way:
    """The way into the environment of this program. ``what`` are requirements, folders or addresses."""
    prefix, words = Path(sys.prefix), " ".join(what)
    if (prefix / "pipx_metadata.json").exists():
        return Way((), "this workbench was installed by pipx, which keeps its own list of what is in there",
                   f"pipx inject {DISTRIBUTION} {words}")  # fmt: skip
    if (prefix / "uv-receipt.toml").exists():
        return Way((), "this workbench was installed by uv, which makes its environment anew from its own list",
                   f"uv tool install {DISTRIBUTION} --with {words}, with every other plugin you have")  # fmt: skip
    if sys.prefix == sys.base_prefix and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists():
        return Way((), "this Python belongs to the operating system, which does not want packages put into it",
                   f"install workbench with pipx or into a virtual environment, then {words}")  # fmt: skip
    packages = sysconfig.get_path("purelib")
    if not os.access(packages, os.W_OK):
        return Way(
            (), f"{packages} cannot be written to by you", "ask whoever installed workbench, or install your own"
        )
    told = (*(("--upgrade",) if upgrade else ()), *(("--editable",) if editable else ("--",)), *what)
    if importlib.util.find_spec("pip") is not None:
        return Way((sys.executable, "-P", "-m", "pip", "install", "--disable-pip-version-check", *told))
    if uv := find_tool("uv", ""):
        return Way((uv, "pip", "install", "--python", sys.executable, *told))
    return Way((), f"there is no pip in {prefix}", f"{sys.executable} -m ensurepip, then again")


def packages_now(before: Sequence[str]) -> list[Package]:
    """The packages of plugins that were not among ``before``, loaded. What was installed since the start is seen."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        site.addsitedir(folder)  # an editable install is a path entry that was not there at the start
    importlib.invalidate_caches()
    plugins = Plugins()
    return [plugins.package(name) for name in plugins.names() if name not in before]
