"""A small project with real tests, open in the app: what panes 2 and 3 are tried on."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, workbench
from workbench.case.enums import PluginKind
from workbench.case.events import new_event
from workbench.engine.options import from_arguments
from workbench.engine.plugins import Plugins
from workbench.engine.session import Session

SHOP = {
    "shop.py": '"""Prices."""\n\n\ndef total(prices):\n    return sum(prices[1:])\n\n\n'
    'def label(price):\n    return f"{price} EUR"\n',
    "test_shop.py": "from shop import label, total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\n"
    "def test_label():\n    assert label(1) == '1 EUR'\n",
    "test_names.py": "import pytest\n\n\nclass TestNames:\n    @pytest.mark.parametrize('name', ['ada', 'bob'])\n"
    "    def test_short(self, name):\n        assert len(name) < 5\n",
}
"""One test fails: the first price is left out."""

RIGHT = SHOP["shop.py"].replace("prices[1:]", "prices")


def quick(monkeypatch: pytest.MonkeyPatch, plugin: str = "") -> None:
    """The project's Python is this one, and of the plugins that it has pytest loads ``plugin`` alone, beside ours: all
    of them take three times as long to start as the tests do to run."""
    monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    if plugin:
        monkeypatch.setenv("PYTEST_ADDOPTS", f"-p {plugin}")


DJANGO = "pytest_django.plugin"


def environment(folder: Path, hook: str = "", pth: str = "") -> str:
    """The Python of an environment with this one's packages, and the project installed by ``pth`` or an import hook."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "rest.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")) + "\n")
    if hook:
        (site / "_editable_hook.py").write_text(hook)
        pth = "import _editable_hook"
    (site / "project.pth").write_text(pth + "\n")
    return str(folder / "bin" / "python")


def only(monkeypatch: pytest.MonkeyPatch, *gates: str) -> None:
    """Of the gates that there are, these: what a machine happens to have must not decide a test."""
    real = Plugins.of
    monkeypatch.setattr(
        Plugins,
        "of",
        lambda self, kind: tuple(
            each for each in real(self, kind) if kind is not PluginKind.GATE or each.name in gates
        ),
    )


@asynccontextmanager
async def opened(
    repo: RepoBuilder, pane: str = "2", size: tuple[int, int] = (160, 48), trust: bool = True
) -> AsyncIterator[Driver]:
    """The app on a case about ``repo``, in that pane, with the change and the gates known."""
    data = repo.path.parent / "data"
    given = Namespace(store=str(data), jobs=1, trust=trust)
    session = await Session.open(repo.path, from_arguments(given))
    await session.services.journal.append(new_event("case.question", "you", {"question": "the total is wrong"}))
    case = session.state.id
    await session.close()
    async with workbench(repo.path, Namespace(**vars(given), case=case), size) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "a pane")
        await driver.press(pane)
        await driver.until(lambda: driver.session.change.tree and driver.session.gates.known, "change and gates")
        await driver.settle()
        yield driver


def write(repo: RepoBuilder, path: str, text: str) -> Path:
    """Save a file as an editor does."""
    return repo.write(path, text)


@asynccontextmanager
async def session_on(repo: RepoBuilder) -> AsyncIterator[Session]:
    """The engine alone on a repository that is trusted, without a screen."""
    given = Namespace(store=str(repo.path.parent / "data"), jobs=1, trust=True)
    session = await Session.open(repo.path, from_arguments(given))
    try:
        yield session
    finally:
        await session.close()
