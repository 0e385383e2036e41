"""An investigation in repositories of every odd form: what git cannot tell is said, and nothing fails."""

from __future__ import annotations

import subprocess
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import workbench
from tests.snapshots import incident
from workbench.case.enums import CheckStatus
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

CART = "def total(prices, coupon):\n    if coupon:\n        raise ValueError(prices)\n    return sum(prices)\n"
LOG = (
    "2026-05-12 14:00:00 ERROR boom\nTraceback (most recent call last):\n"
    '  File "/srv/shop/cart.py", line 3, in total\n    raise ValueError(prices)\nValueError: [1]\n'
) * 5
Build = Callable[[RepoBuilder, Path], Path]


def no_commits(repo: RepoBuilder, folder: Path) -> Path:
    return repo.path


def detached(repo: RepoBuilder, folder: Path) -> Path:
    repo.commit("first")
    repo.git("checkout", "--quiet", repo.head)
    return repo.path


def shallow(repo: RepoBuilder, folder: Path) -> Path:
    repo.commit("first")
    repo.write("shop/tax.py", "RATE = 19\n")
    repo.commit("second")
    return _clone(repo, folder, "--depth=1")


def partial(repo: RepoBuilder, folder: Path) -> Path:
    repo.commit("first")
    repo.write("shop/cart.py", CART + "\n\nRATE = 19\n")
    repo.commit("second")
    repo.git("config", "uploadpack.allowFilter", "true")
    return _clone(repo, folder, "--filter=blob:none")


def submodule(repo: RepoBuilder, folder: Path) -> Path:
    inner = RepoBuilder(folder / "inner")
    inner.write("lib.py", "X = 1\n")
    inner.commit("inner")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "vendor")
    repo.commit("first")
    return repo.path


def link_loops(repo: RepoBuilder, folder: Path) -> Path:
    for name, target in (("loop", "."), ("shop/up", ".."), ("a", "b"), ("b", "a"), ("out", "/")):
        (repo.path / name).symlink_to(target)
    repo.commit("links to themselves")
    (repo.path / "untracked").symlink_to("untracked")
    return repo.path


def no_git(repo: RepoBuilder, folder: Path) -> Path:
    plain = folder / "plain"
    (repo.path / "shop").rename(folder / "shop")
    plain.mkdir()
    (folder / "shop").rename(plain / "shop")
    (plain / "loop").symlink_to(plain)
    return plain


def odd_names(repo: RepoBuilder, folder: Path) -> Path:
    for name in ("two words.py", "[bold]x[/].py", "line\nend.py", "esc\x1b[31m.py", "-rf.py", "ümlaut.py"):
        repo.write(f"shop/{name}", f'"""{name!r}."""\n\nRATE = 19\n')
    repo.commit("names")
    return repo.path


def odd_contents(repo: RepoBuilder, folder: Path) -> Path:
    repo.write("shop/crlf.py", CART.replace("\n", "\r\n"))
    repo.write("shop/latin.py", b"# caf\xe9\n" + CART.encode())
    repo.write("shop/logo.png", b"\x89PNG\0" * 100)
    repo.write("shop/huge.py", b"x = 1\n" * (50_000_000 // 6))
    (repo.path / "shop" / "cart.pyc").write_bytes(b"\0")
    repo.commit("contents")
    repo.write("shop/gone.py", CART)
    repo.git("add", "shop/gone.py")
    (repo.path / "shop" / "gone.py").unlink()
    return repo.path


def _clone(repo: RepoBuilder, folder: Path, *options: str) -> Path:
    where = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", *options, repo.path.as_uri(), str(where)], check=True)
    return where


BUILDS: list[Build] = [
    no_commits,
    detached,
    shallow,
    partial,
    submodule,
    link_loops,
    no_git,
    odd_names,
    odd_contents,
]


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
async def test_it_is_investigated_all_the_same(build: Build, tmp_path: Path) -> None:
    repo = RepoBuilder(tmp_path / "repo")
    repo.write("shop/cart.py", CART)
    path = build(repo, tmp_path)
    log = tmp_path / "app.log"
    log.write_text(LOG)
    session = await Session.open(path, from_arguments(Namespace(store=str(tmp_path / "data"), jobs=1)))
    await session.investigate(Question("the total of the cart fails", (str(log),)))
    try:
        checks = {check.analyzer: check for check in session.views.checks}
        assert not [each for each in checks.values() if each.status in (CheckStatus.FAILED, CheckStatus.TIMED_OUT)]
        (error,) = session.views.errors
        assert error.place is not None
        assert (error.place.path, error.place.line) == ("shop/cart.py", 3)
        assert session.views.ranking.files[0].path == "shop/cart.py"
        paths = [spot.path for spot in session.views.ranking.files]
        assert not [name for name in paths if name.startswith(("loop/", "shop/up/", "out/", "vendor/"))]
        if build is odd_contents:
            assert not {"shop/logo.png", "shop/huge.py", "shop/gone.py"} & set(paths)
            assert "left out" in checks["index"].summary
    finally:
        await session.close()


@pytest.mark.parametrize("build", [no_git, odd_names], ids=lambda build: build.__name__)
async def test_it_is_shown(build: Build, tmp_path: Path) -> None:
    repo = RepoBuilder(tmp_path / "repo")
    repo.write("shop/cart.py", CART)
    options = incident.arguments(tmp_path)
    options.question, options.ask = "the total of the cart fails", True
    async with workbench(build(repo, tmp_path), options, (160, 48)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: "index" in driver.session.state.finished, "the index")
        await driver.still()
        await driver.press("6")
        assert "cart.py" in driver.shown("files")
        await driver.press("J", "j", "j", "enter", "2", "3", "1")
        assert "\x1b" not in driver.text
        assert "Traceback" not in driver.text
