"""The gates that every change meets: the whole suite, the proof, the tamper guard."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_gates(register: Register) -> None:
    """Announce the gates."""
    register("suite", _suite, title="the whole suite at head and base: new failures, fixed, flaky")
    register("proof", _proof, title="red without the fix, green with it, red again with it taken away")
    register("stress", _stress, title="its tests again and again with other seeds and delays: how often they fail")
    register("coverage", _coverage, title="which changed lines the tests execute")
    register("dependencies", _dependencies, title="what the change does to what is installed")
    register(
        "migration", _migration, title="migrations forward and back on a filled copy, while something reads and writes"
    )
    register("performance", _performance, title="benchmarks of base and head in turns, queries of each test")
    register("mutation", _mutation, title="mutants of the changed lines: whether the tests notice (off by default)")
    register("approval", _approval, title="named people approve the tree as it stands")
    register("tamper", _tamper, title="what the change does to tests, CI and settings")


def _suite() -> Any:
    from workbench_gates.suite import SuiteGate

    return SuiteGate()


def _proof() -> Any:
    from workbench_gates.proof import ProofGate

    return ProofGate()


def _tamper() -> Any:
    from workbench_gates.tamper import TamperGate

    return TamperGate()


def _stress() -> Any:
    from workbench_gates.stress import StressGate

    return StressGate()


def _coverage() -> Any:
    from workbench_gates.coverage import CoverageGate

    return CoverageGate()


def _dependencies() -> Any:
    from workbench_gates.dependencies import DependenciesGate

    return DependenciesGate()


def _approval() -> Any:
    from workbench_gates.approval import ApprovalGate

    return ApprovalGate()


def _migration() -> Any:
    from workbench_gates.migration import MigrationGate

    return MigrationGate()


def _performance() -> Any:
    from workbench_gates.performance import PerformanceGate

    return PerformanceGate()


def _mutation() -> Any:
    from workbench_gates.mutation import MutationGate

    return MutationGate()
