"""The guess by imports follows chains, and widens where imports cannot tell."""

from __future__ import annotations

from pathlib import Path

from workbench.analysis.affected import affected, imports_of

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/money.py": "",
    "src/shop/cart.py": "from shop.money import add\n",
    "src/shop/mail.py": "from . import cart\n",
    "tests/test_cart.py": "import shop.cart\n",
    "tests/test_mail.py": "from shop import mail\n",
    "tests/test_other.py": "import json\n",
    "tests/conftest.py": "",
}


def graph(root: Path) -> dict[str, frozenset[str]]:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return dict(imports_of(str(root), FILES))


def test_a_change_reaches_its_importers_and_theirs(tmp_path: Path) -> None:
    imports = graph(tmp_path)
    assert affected(["src/shop/money.py"], imports).files == ("tests/test_cart.py", "tests/test_mail.py")
    assert affected(["src/shop/mail.py"], imports).files == ("tests/test_mail.py",)
    assert affected(["tests/test_other.py"], imports).files == ("tests/test_other.py",)


def test_what_imports_cannot_tell_widens_to_everything(tmp_path: Path) -> None:
    imports = graph(tmp_path)
    for path in ("tests/conftest.py", "src/shop/data.json", "src/shop/new.py"):
        found = affected([path], imports)
        assert found.everything
        assert path in found.why


def test_documents_reach_nothing(tmp_path: Path) -> None:
    found = affected(["README.md"], graph(tmp_path))
    assert (found.files, found.everything) == ((), False)


def test_a_file_that_does_not_parse_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def (\n")
    assert imports_of(str(tmp_path), ["a.py", "gone.py"]) == [("a.py", frozenset()), ("gone.py", frozenset())]


def test_a_module_of_a_package_runs_what_the_package_imports(tmp_path: Path) -> None:
    texts = {
        "pack/__init__.py": "from .broken import thing\n",
        "pack/broken.py": "thing = 1\n",
        "pack/plain.py": "",
        "test_plain.py": "from pack.plain import nothing\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = affected(["pack/broken.py"], dict(imports_of(str(tmp_path), list(texts))))
    assert found.files == ("test_plain.py",)


def test_no_change_reaches_nothing_and_says_so(tmp_path: Path) -> None:
    found = affected([], graph(tmp_path))
    assert (found.files, found.everything, found.why) == ((), False, "no file was changed")
