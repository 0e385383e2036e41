"""Fixers for tests: each writes files into its worktree. One is good, others cheat, break something, fail or idle."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.project import RIGHT, SHOP
from workbench.api import FixRequest, Host, Known, Proposal, Step
from workbench.case.enums import PluginKind
from workbench.engine.plugins import OWN, Plugins, Registered

LOUD = RIGHT.replace('"""Prices."""', '"""Prices, all of them."""')
CHEAT = SHOP["test_shop.py"].replace("== 3", ">= 0")


class Edits:
    """Implements :class:`workbench.api.Fixer`; ``told`` is why its earlier proposals were rejected."""

    def __init__(self, name: str, files: dict[str, str]) -> None:
        self.name, self.files = name, files
        self.told: tuple[str, ...] = ()

    def applies(self, request: FixRequest) -> str:
        """Failing tests alone."""
        return "" if request.finding is None and request.error is None and request.change is None else "tests only"

    async def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        """Writes the files."""
        self.told = request.rejected
        if self.name == "broken":
            raise RuntimeError("out of order")
        for path, text in self.files.items():
            (Path(request.worktree) / path).write_text(text)
        yield Known(())

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """Always a proposal: whether anything was changed, git says."""
        return Proposal("", self.name, f"by {self.name}", "any")


def installed(monkeypatch: pytest.MonkeyPatch, *names: str) -> dict[str, Edits]:
    """Install the fixers ``names`` (all when none is given) in place of those there are; ``cheat`` is a stranger's."""
    made = {
        "good": Edits("good", {"shop.py": RIGHT}),
        "loud": Edits("loud", {"shop.py": LOUD, "notes.txt": "done\n"}),
        "cheat": Edits("cheat", {"test_shop.py": CHEAT}),
        "breaks": Edits("breaks", {"shop.py": RIGHT.replace(" EUR", " USD")}),
        "vain": Edits("vain", {"notes.txt": "thought about it\n"}),
        "idle": Edits("idle", {}),
        "broken": Edits("broken", {}),
    }
    real = Plugins.of

    def of(self: Plugins, kind: PluginKind) -> tuple[Registered, ...]:
        if kind is not PluginKind.FIXER:
            return real(self, kind)
        return tuple(
            Registered(n, kind, n, "test", "another" if n == "cheat" else OWN, "1", (), (), lambda f=f: f)
            for n, f in made.items()
            if n in (names or made)
        )

    monkeypatch.setattr(Plugins, "of", of)
    return made
