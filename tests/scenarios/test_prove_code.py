"""The right code is proven: however it is installed, and with the ignored files that it needs."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import environment
from tests.scenarios.test_prove import BUG, FIXED, our_python, prove

__all__ = ["our_python"]

TEST = "from {} import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n"
HOOK = """import sys
from importlib.machinery import PathFinder


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, [{folder!r}]) if name == {name!r} else None


sys.meta_path.append(Finder)
"""


@pytest.mark.parametrize("kind", ["flat, by a hook", "src, by a hook", "namespace, by a path", "flat, by a path"])
def test_an_editable_install_never_serves_the_users_tree(
    kind: str, make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "src/" if kind.startswith(("src", "namespace")) else ""
    package, init = ("till/shop", False) if kind.startswith("namespace") else ("till", True)
    files = {f"{source}{package}/cart.py": BUG, "tests/test_old.py": "def test_old(): ...\n"}
    repo = make_repo({**files, **({f"{source}{package}/__init__.py": ""} if init else {})})
    folder = str(repo.path / source)
    hook = HOOK.format(folder=folder, name="till") if kind.endswith("hook") else ""
    monkeypatch.setenv("WORKBENCH_PYTHON", environment(tmp_path / "env", hook, folder))
    repo.write(f"{source}{package}/cart.py", FIXED)
    repo.write("tests/test_sum.py", TEST.format(f"{package.replace('/', '.')}.cart"))
    proof = prove(repo, code=0)
    assert "assert 4 == 3" in proof["steps"][0]["reason"]
    assert proof["modules"] >= 1


def test_ignored_files_are_carried_by_the_setting_that_is_proposed(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    read = "import json\nimport pathlib\n\nRATE = json.loads(pathlib.Path('local/rate.json').read_text())\n\n\n"
    code = "def total(prices):\n    return sum(prices) + {} * RATE\n"
    repo = make_repo({"cart.py": read + code.format(1), ".gitignore": "local/\n", "conftest.py": ""})
    repo.write("local/rate.json", "1")
    repo.write("cart.py", read + code.format(0))
    repo.write("test_cart.py", TEST.format("cart"))
    assert 'tests.carry = ["local/rate.json"]' in prove(repo, code=3)["reason"]
    settings = tmp_path / "elsewhere.toml"
    settings.write_text('tests.carry = ["local/rate.json"]\ntests.racy = ["test_cart.py"]\n')
    proof = prove(repo, "--config", str(settings), code=0)
    assert (proof["status"], proof["steps"][1]["reason"]) == ("proven", "30 of 30 runs")
    assert proof["carried"] == ["local/rate.json"]


@pytest.mark.skipif(not Path(sysconfig.get_path("include"), "Python.h").exists(), reason="no Python.h to build with")
def test_a_built_extension_is_carried_and_not_believed_where_its_sources_changed(
    make_repo: Callable[..., RepoBuilder],
) -> None:
    name = f"_speed{sysconfig.get_config_var('EXT_SUFFIX')}"
    source = (
        "#include <Python.h>\nstatic PyObject *add(PyObject *m, PyObject *a) "
        '{ long x, y; if (!PyArg_ParseTuple(a, "ll", &x, &y)) return NULL; return PyLong_FromLong(x + y); }\n'
        'static PyMethodDef ms[] = {{"add", add, METH_VARARGS, 0}, {0}};\n'
        'static struct PyModuleDef d = {PyModuleDef_HEAD_INIT, "_speed", 0, -1, ms};\n'
        "PyMODINIT_FUNC PyInit__speed(void) { return PyModule_Create(&d); }\n"
    )
    code = "from till._speed import add\n\n\ndef total(prices):\n    return add(prices[0], prices[{}])\n"
    files = {"till/__init__.py": "", "till/cart.py": code.format(0), "till/speed.c": source, ".gitignore": "*.so\n"}
    repo = make_repo({**files, "conftest.py": ""})
    built, include = repo.path / "till" / name, sysconfig.get_path("include")
    command = ["cc", "-shared", "-fPIC", f"-I{include}", str(repo.path / "till/speed.c"), "-o", str(built)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no C compiler")
    repo.write("till/cart.py", code.format(1))
    repo.write("test_cart.py", TEST.format("till.cart"))
    proof = prove(repo, code=0)
    assert "assert 2 == 3" in proof["steps"][0]["reason"]
    repo.write("till/speed.c", source + "/* changed */\n")
    assert "is built from sources that the change touches" in prove(repo, code=3)["reason"]
