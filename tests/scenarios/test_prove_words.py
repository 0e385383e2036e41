"""What is named wrong on the command line of a proof, a search or a stress is told in one line, with nothing run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.test_prove import NEW_TEST, our_python, shop
from tests.scenarios.test_prove_parts import FIXED
from workbench.cli.main import main

__all__ = ["our_python", "shop"]

TEST = "tests/test_cart.py::test_sum"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prove", "--base", "nowhere"), "there is no commit 'nowhere' in this repository"),
        (("prove", "--head", "nowhere"), "there is no commit 'nowhere' in this repository"),
        (("prove", "tests/gone.py::test_sum"), "tests/gone.py is not in the tree that is asked about"),
        (("prove", "--fix", "shop/gone.py"), "--fix shop/gone.py is no part of the change, which has shop/cart.py"),
        (("prove", "--config", "gone.toml"), "there is no file gone.toml"),
        (("validate", "--base", "nowhere"), "there is no commit 'nowhere' in this repository"),
        (("bisect", "tests/gone.py::test_sum"), "tests/gone.py is not in the working tree"),
        (("bisect", TEST, "--good", "nowhere"), "there is no commit 'nowhere' in this repository"),
        (("test", "--stress", "-3", TEST), "'-3' is no number of runs"),
        (("test", "--stress", "0", TEST), "'0' is no number of runs"),
        (("test", "--perturb", "--at", "shop/cart.py:9-x", TEST), "'shop/cart.py:9-x' is neither PATH nor PATH:LINE"),
    ],
)
def test_what_is_named_wrong(
    shop: RepoBuilder, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    shop.write("shop/cart.py", FIXED + "\n\nLIMIT = 3\n")
    shop.write("tests/test_cart.py", NEW_TEST)
    shop.write("shop/other.py", "X = 1\n")
    try:
        code = main([*words, "--repo", str(shop.path), "--trust"])
    except SystemExit as refused:
        code = int(refused.code or 0)
    assert said in capsys.readouterr().err
    assert code == 2


def test_a_wrong_setting_is_told(shop: RepoBuilder, tmp_path: Path) -> None:
    settings = tmp_path / "own.toml"
    settings.write_text("tests.racy = 3\n")
    words = ["prove", "--repo", str(shop.path), "--config", str(settings)]
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "workbench", *words], capture_output=True, text=True, check=False
    )
    assert "▲ " in ended.stderr
    assert "own.toml:1: tests.racy" in ended.stderr
