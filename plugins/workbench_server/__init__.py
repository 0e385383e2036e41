"""Gates that start the user's server for a moment: security probes and load, on both sides of the change."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_gates(register: Register) -> None:
    """Announce the gates."""
    register("probes", _probes, title="security probes of the running server: tokens, accounts, limits, payloads")
    register("faults", _faults, title="what the server does when what it depends on fails")
    register("load", _load, title="the running server under load, base and head in turns")


def _probes() -> Any:
    from workbench_server.probes_gate import ProbesGate

    return ProbesGate()


def _load() -> Any:
    from workbench_server.load_gate import LoadGate

    return LoadGate()


def _faults() -> Any:
    from workbench_server.faults_gate import FaultsGate

    return FaultsGate()
