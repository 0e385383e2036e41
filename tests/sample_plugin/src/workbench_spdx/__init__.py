"""Licences of source files: those that name none, as findings; and a gate for files that a change brings."""

from __future__ import annotations

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""

    def make() -> object:
        from workbench_spdx.analyzer import Licences

        return Licences()

    register("spdx", make, title="source files that name no licence")


@hookimpl
def register_gates(register: Register) -> None:
    """Announce the gate."""

    def make() -> object:
        from workbench_spdx.gate import LicenceGate

        return LicenceGate()

    register("licence", make, title="every changed source file names its licence")
