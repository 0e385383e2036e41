"""The import contracts, with the package list read from the folders and type-only imports counted.

Run as a program it prints every broken contract and exits 1; tests/contracts/test_layers.py runs it as a test.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CORE = ["workbench"]


def packages(folder: str) -> list[str]:
    """Names of the packages in a source root, as they are imported."""
    return sorted(path.parent.name for path in (ROOT / folder).glob("*/__init__.py"))


def configuration() -> str:
    """The import-linter configuration (INI) for the packages that stand in the folders now."""
    screens, plugins = packages("screens"), packages("plugins")
    sections = [*_core(screens, plugins), *(_plugins(plugins) if plugins else ())]
    if "workbench_app" in screens:
        sections.append(_screens([name for name in screens if name not in ("workbench_kit", "workbench_app")]))
    return "\n".join(sections)


def _core(screens: list[str], plugins: list[str]) -> list[str]:
    modules = ["workbench.case", "workbench.analysis", "workbench.engine", "workbench.cli"]
    return [
        _section("importlinter", root_packages=[*CORE, *screens, *plugins], include_external_packages=["True"]),
        _section(
            "importlinter:contract:layers",
            name=["the core falls one way"],
            type=["layers"],
            layers=["workbench.cli", "workbench.engine", "workbench.api", "workbench.analysis", "workbench.case"],
        ),
        _section(
            "importlinter:contract:ground",
            name=["no Textual and no screen in the core or a plugin"],
            type=["forbidden"],
            source_modules=[*CORE, *plugins],
            forbidden_modules=["textual", *screens],
        ),
        _section(
            "importlinter:contract:demo",
            name=["the demo stands alone"],
            type=["forbidden"],
            source_modules=["workbench.demo"],
            forbidden_modules=modules,
        ),
    ]


def _plugins(plugins: list[str]) -> list[str]:
    return [
        _section(
            "importlinter:contract:plugins",
            name=["plugins import the api alone"],
            type=["forbidden"],
            source_modules=plugins,
            forbidden_modules=["workbench.case", "workbench.analysis", "workbench.engine", "workbench.cli"],
            allow_indirect_imports=["True"],
        ),
        _section(
            "importlinter:contract:siblings",
            name=["plugins never import each other"],
            type=["independence"],
            modules=plugins,
        ),
    ]


def _screens(panes: list[str]) -> str:
    return _section(
        "importlinter:contract:screens",
        name=["kit, panes, app"],
        type=["layers"],
        layers=["workbench_app", " | ".join(panes), "workbench_kit"],
    )


def _section(title: str, **values: list[str]) -> str:
    lines = [f"[{title}]"]
    for key, items in values.items():
        joined = items[0] if len(items) == 1 else "".join(f"\n    {item}" for item in items)
        lines.append(f"{key} = {joined}")
    return "\n".join(lines) + "\n"


def check() -> int:
    """Exit code of import-linter over :func:`configuration`: 0 kept, 1 broken."""
    from importlinter.cli import lint_imports

    sys.path[:0] = [str(ROOT), str(ROOT / "screens"), str(ROOT / "plugins")]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "layers.ini"
        config.write_text(configuration(), encoding="utf-8")
        return int(lint_imports(config_filename=str(config), no_cache=True) or 0)


if __name__ == "__main__":
    sys.exit(check())
