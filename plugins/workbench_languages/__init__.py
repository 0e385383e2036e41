"""Runners of other languages: go test, jest, vitest, cargo test. Each reads the tool's own machine-readable output."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_runners(register: Register) -> None:
    """Announce the runners."""
    register("go", _go, title="go test of a module", needs=("command:go", "file:go.mod"))
    register("cargo", _cargo, title="cargo test of a crate or workspace", needs=("command:cargo", "file:Cargo.toml"))
    register("jest", _jest, title="jest, as it is installed in node_modules", needs=("file:node_modules/.bin/jest",))
    register("vitest", _vitest, title="vitest, as installed in node_modules", needs=("file:node_modules/.bin/vitest",))


def _go() -> Any:
    from workbench_languages.go import GoRunner

    return GoRunner()


def _cargo() -> Any:
    from workbench_languages.cargo import CargoRunner

    return CargoRunner()


def _jest() -> Any:
    from workbench_languages.javascript import JestRunner

    return JestRunner()


def _vitest() -> Any:
    from workbench_languages.javascript import VitestRunner

    return VitestRunner()
